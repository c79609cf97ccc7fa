"""What a request must pass before it is answered: token, rate, number at once, size."""

from __future__ import annotations

import asyncio
import hmac
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from limits import parse
from limits.aio.storage import MemoryStorage
from limits.aio.strategies import SlidingWindowCounterRateLimiter
from starlette.datastructures import Headers
from starlette.middleware.cors import CORSMiddleware
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from recsys.api.errors import response
from recsys.api.settings import ServerSettings

LARGEST_BODY = 64 * 1024
READ_ON = 16 * LARGEST_BODY
SECONDS_TO_SEND = 10.0
"""How long a client may take to send a body."""
BODIES_AT_ONCE = 256
"""How many bodies of one client may be on their way: they take no place, but memory."""
WRONG_TOKENS = parse("20/minute")
"""How often a client may guess the token."""
OPEN = ("/health", "/docs", "/openapi.json")
"""Paths that ask for no token."""


class Guard:
    """Lets requests through to an application, or tells the client why not."""

    def __init__(self, app: ASGIApp, settings: ServerSettings) -> None:
        self._settings = settings
        self._app = self._for_scripts(app)
        # Two numbers a client. Not the storage for threads: that one starts a thread every few milliseconds.
        self._limiter = SlidingWindowCounterRateLimiter(MemoryStorage())
        self._inside: Counter[str] = Counter()
        self._sending: Counter[str] = Counter()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request; anything but HTTP goes through."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        client = scope["client"][0] if scope.get("client") else ""
        refusal = await self._refusal(scope, client) or await self._handled(scope, client, receive, send)
        if refusal is not None:
            await (refusal if _asks_first(scope) else self._for_scripts(refusal))(scope, receive, send)

    async def _refusal(self, scope: Scope, client: str) -> Response | None:
        if not await self._limiter.hit(self._settings.rate, client):
            return _too_many()
        headers = Headers(scope=scope)
        token = self._settings.token
        if token is None or (_asks_first(scope) and self._settings.origins) or scope["path"].endswith(OPEN):
            return None
        kind, _, given = headers.get("authorization", "").partition(" ")
        if kind.lower() == "bearer" and hmac.compare_digest(given.strip().encode(), token.encode()):
            return None
        if await self._limiter.hit(WRONG_TOKENS, "wrong token", client):
            return response(401, headers={"WWW-Authenticate": "Bearer"})
        return _too_many()

    async def _handled(self, scope: Scope, client: str, receive: Receive, send: Send) -> Response | None:
        """Take a place once the whole body is there, and answer; or why not."""
        if self._sending[client] >= BODIES_AT_ONCE:
            return _too_many()
        with _counted(self._sending, client):
            body = await _body(receive)
        if not isinstance(body, bytes):
            return body
        settings = self._settings
        if self._inside.total() >= settings.at_once or self._inside[client] >= settings.at_once_each:
            return _too_many()
        with _counted(self._inside, client):
            await self._app(scope, _replayed(body, receive), send)
        return None

    def _for_scripts(self, app: ASGIApp) -> ASGIApp:
        """The same, with the headers by which a browser lets scripts of other pages read the answer, refusals too."""
        origins = self._settings.origins
        if not origins:
            return app
        return CORSMiddleware(app, allow_origins=origins, allow_methods=["GET", "POST"], allow_headers=["*"])


@contextmanager
def _counted(counts: Counter[str], client: str) -> Iterator[None]:
    counts[client] += 1
    try:
        yield
    finally:
        counts[client] -= 1
        if not counts[client]:
            del counts[client]


def _asks_first(scope: Scope) -> bool:
    """Whether a browser asks, without a token, what a script may send."""
    return scope["method"] == "OPTIONS" and "access-control-request-method" in Headers(scope=scope)


def _too_many() -> Response:
    return response(429, headers={"Retry-After": "1"})


async def _body(receive: Receive) -> bytes | Response:
    """The whole body, or why it is not taken."""
    parts, size = [], 0
    try:
        async with asyncio.timeout(SECONDS_TO_SEND):
            while True:
                message = await receive()
                if message["type"] == "http.disconnect":
                    return response(400)
                size += len(message.get("body", b""))
                if size <= LARGEST_BODY:
                    parts.append(message.get("body", b""))
                # What is too large is read on for a while: a client that is cut off never sees the answer.
                if not message.get("more_body", False) or size > READ_ON:
                    return b"".join(parts) if size <= LARGEST_BODY else response(413, headers={"Connection": "close"})
    except TimeoutError:
        return response(408, headers={"Connection": "close"})


def _replayed(body: bytes, receive: Receive) -> Receive:
    """A channel on which the body arrives whole, then whatever else comes."""
    waiting = [body]

    async def received() -> Message:
        if waiting:
            return {"type": "http.request", "body": waiting.pop(), "more_body": False}
        return await receive()

    return received
