"""A line in the log and a count for every request. Neither says anything about the reader."""

from __future__ import annotations

import logging
import os
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field

from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    ProcessCollector,
    generate_latest,
)
from prometheus_client.multiprocess import MultiProcessCollector
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from recsys.api.errors import response

log = logging.getLogger(__name__)
KEY = "recsys.trace"
ENDPOINTS = frozenset({"reco", "explain", "clicks", "health", "artifacts", "users"})
SECONDS = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0)
HEADERS = {
    b"x-content-type-options": b"nosniff",
    b"x-frame-options": b"DENY",
    b"referrer-policy": b"no-referrer",
    b"cache-control": b"no-store",
}


@dataclass
class RequestTrace:
    """What a route says about the request at hand."""

    stages: Mapping[str, float] = field(default_factory=dict)
    """The time of each stage, ms."""
    set_home: str = ""
    """The set that answered."""
    seconds_behind: float = 0.0
    """How long ago all stored clicks were known, where the store can't be read."""


SHARED = "PROMETHEUS_MULTIPROC_DIR"
"""The variable that names the folder where several processes keep their figures."""


class Metrics:
    """The figures of one process, or of all that share a folder for them."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        labels = ("endpoint", "method", "status")
        self.requests = Counter("recsys_requests", "Requests by status.", labels, registry=self.registry)
        self.seconds = Histogram(
            "recsys_request_seconds", "From the first byte to the last.", ("endpoint",), buckets=SECONDS,
            registry=self.registry,
        )  # fmt: skip
        ProcessCollector(registry=self.registry)
        self.stages = Histogram(
            "recsys_stage_seconds", "The stages of an answer.", ("stage",), buckets=SECONDS, registry=self.registry
        )
        self.inside = Gauge(
            "recsys_requests_inside", "Requests being worked on.", registry=self.registry, multiprocess_mode="livesum"
        )

    async def show(self, _: Request) -> Response:
        """All of them, in Prometheus' format."""
        registry = self.registry
        if SHARED in os.environ:
            registry = CollectorRegistry()
            MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
        return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)


class Telemetry:
    """Watches an application; a failure becomes a 500 that says nothing of the server's inside."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request; anything but HTTP passes through uncounted."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        trace, status, name = RequestTrace(), 0, uuid.uuid4().hex
        scope[KEY] = trace

        async def send_on(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                extra = {**HEADERS, b"x-request-id": name.encode()}
                if trace.set_home:
                    extra[b"x-recsys-set"] = trace.set_home.encode()
                if trace.seconds_behind:
                    extra[b"x-recsys-behind"] = f"{trace.seconds_behind:.0f}".encode()
                message["headers"] = [*message.get("headers", ()), *extra.items()]
            await send(message)

        began = time.perf_counter()
        self._metrics.inside.inc()
        try:
            await self._app(scope, receive, send_on)
        except Exception:
            log.exception("a request failed", extra={"request": name})
            if not status:
                await response(500)(scope, receive, send_on)
        finally:
            self._metrics.inside.dec()
            self._note(scope, trace, status, name, time.perf_counter() - began)

    def _note(self, scope: Scope, trace: RequestTrace, status: int, name: str, seconds: float) -> None:
        first = scope["path"].removeprefix("/api").strip("/").split("/")[0]
        endpoint = first if first in ENDPOINTS else "other"
        method = scope["method"] if scope["method"] in {"GET", "POST", "OPTIONS", "HEAD"} else "other"
        self._metrics.requests.labels(endpoint, method, status).inc()
        self._metrics.seconds.labels(endpoint).observe(seconds)
        for stage, took in trace.stages.items():
            self._metrics.stages.labels(stage).observe(took / 1000)
        stages = {stage: round(took, 2) for stage, took in trace.stages.items()}
        line = {"request": name, "endpoint": endpoint, "method": method, "status": status}
        log.info("answered", extra={**line, "ms": round(1000 * seconds, 2), "stages_ms": stages})
