"""The API as an application, and as routes beside the pages."""

from __future__ import annotations

import logging
import os
import re
import sys
from collections.abc import Sequence
from typing import Any

from fastapi import Depends, FastAPI, Request
from pythonjsonlogger.json import JsonFormatter
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.routing import BaseRoute, Mount, Route, request_response
from starlette.types import ASGIApp

from recsys.api import errors
from recsys.api.guard import Guard
from recsys.api.learning_sets import Events
from recsys.api.routes import Routes
from recsys.api.settings import ServerSettings
from recsys.api.telemetry import Metrics, Telemetry
from recsys.artifacts import open_sets
from recsys.core import process
from recsys.errors import ArtifactError
from recsys.events.clock import Clock, Now
from recsys.events.opening import open_store

STORE, CLOCK = "RECSYS_EVENTS", "RECSYS_CLOCK"
"""The environment variables by which workers learn where clicks are kept, and what is now."""
EVERYWHERE = (400, 401, 405, 408, 413, 429, 503)


def routes(settings: ServerSettings, events: Events | None = None) -> Sequence[BaseRoute]:
    """``/api`` and ``/metrics``; with ``events``, the API takes in clicks too."""
    metrics = Metrics()
    api = Guard(make_api(events, settings), settings)
    shown = Guard(request_response(metrics.show), settings)
    return [AnyPath("/api", Telemetry(api, metrics)), Route("/metrics", shown, methods=["GET"])]


class AnyPath(Mount):
    """Takes paths with line ends in them too: an id may be anything, and what is none is for the API to refuse."""

    def __init__(self, path: str, app: ASGIApp) -> None:
        super().__init__(path, app)
        self.path_regex = re.compile(self.path_regex.pattern, re.DOTALL)


def alone() -> Starlette:
    """The API without the pages, as one of several workers."""
    log_to_stderr()
    process.allow_many_files()
    read_first_set()
    return Starlette(
        routes=routes(ServerSettings.of(), events_of(os.environ.get(STORE, ""), os.environ.get(CLOCK, "")))
    )


def events_of(store: str, clock: str) -> Events | None:
    """Where clicks are kept and what is now; None where they are not kept. Errors are those of the store."""
    return Events(open_store(store), Clock(Now(clock or Now.WALL))) if store else None


def make_api(events: Events | None = None, settings: ServerSettings | None = None) -> FastAPI:
    """The application under ``/api``, unguarded."""
    api = FastAPI(
        title="Recommender, laid open",
        version="1",
        description='A hybrid news recommender: the engine behind the pages. Errors are `{"error": "…"}`.',
        servers=[{"url": "/api"}],
        root_path_in_servers=False,
        docs_url="/docs",
        redoc_url=None,
        responses=errors.documented(*EVERYWHERE),
        generate_unique_id_function=lambda route: route.name,
    )
    handlers = Routes(events, settings)
    takes_json: dict[str, Any] = {
        "dependencies": [Depends(_require_json)],
        "responses": errors.documented(415),
    }
    api.post("/reco", **takes_json)(handlers.recommend)
    api.post("/explain", **takes_json)(handlers.explain)
    if events is not None:
        api.post("/clicks", **takes_json)(handlers.observe)
    api.get("/users/{user_id}", responses=errors.documented(404))(handlers.user)
    api.get("/health")(handlers.health)
    api.get("/artifacts")(handlers.artifacts)
    errors.install(api)
    _correct_schema(api)
    return api


def read_first_set() -> None:
    """Begin to read the set to start with, so that it is ready for the first request."""
    try:
        open_sets.first_set().now()
    except ArtifactError as error:
        logging.getLogger(__name__).error("no set can be used", extra={"reason": str(error)})


def log_to_stderr() -> None:
    """Write what the project logs to stderr as JSON, a line each."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonFormatter("%(asctime)s %(levelname)s %(name)s %(message)s", json_ensure_ascii=False))
    project = logging.getLogger("recsys")
    project.handlers = [handler]
    project.setLevel(logging.INFO)
    project.propagate = False


async def _require_json(request: Request) -> None:
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/json":
        raise HTTPException(415, errors.SENTENCES[415])


def _correct_schema(api: FastAPI) -> None:
    """FastAPI documents its own 422 for what we refuse with 400, and can't know a reader to give as an example."""
    schema = api.openapi()
    for path in schema["paths"].values():
        for operation in path.values():
            operation["responses"].pop("422", None)
    schemas = schema["components"]["schemas"]
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)

    def with_examples() -> dict[str, Any]:
        loaded = open_sets.first_set().now()
        if loaded is not None:
            user = loaded.engine.names.user(int(loaded.engine.user_ids[0]))
            schemas["RecommendationRequest"]["examples"] = [
                {"user_id": user, "k": 10, "env": {"device": 1, "country": 1}}
            ]
            schema["paths"]["/users/{user_id}"]["get"]["parameters"][0]["example"] = user
        return schema

    api.openapi = with_examples  # type: ignore[method-assign]
