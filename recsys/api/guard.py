"""What a request must pass before it is answered: token, rate, number at once, size."""

from __future__ import annotations

import asyncio
import hmac

from limits.aio.storage import MemoryStorage
from limits.aio.strategies import SlidingWindowCounterRateLimiter
from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from recsys.api.errors import response
from recsys.api.settings import ServerSettings

LARGEST_BODY = 64 * 1024
READ_ON = 16 * LARGEST_BODY
SECONDS_TO_SEND = 10.0
"""How long a client may take to send a body."""
OPEN = ("/health", "/docs", "/openapi.json")
"""Paths that ask for no token."""


class Guard:
    """Lets requests through to an application, or tells the client why not."""

    def __init__(self, app: ASGIApp, settings: ServerSettings) -> None:
        self._app = app
        self._settings = settings
        # Two numbers a client. Not the storage for threads: that one starts a thread every few milliseconds.
        self._limiter = SlidingWindowCounterRateLimiter(MemoryStorage())
        self._inside = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request; anything but HTTP goes through."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        refusal = await self._refusal(scope)
        if refusal is None:
            self._inside += 1
            try:
                body = await _body(receive)
                if isinstance(body, bytes):
                    await self._app(scope, _replayed(body, receive), send)
                    return
                refusal = body
            finally:
                self._inside -= 1
        await refusal(scope, receive, send)

    async def _refusal(self, scope: Scope) -> Response | None:
        headers = Headers(scope=scope)
        token = self._settings.token
        if token is not None and not scope["path"].endswith(OPEN):
            given = headers.get("authorization", "")
            if not hmac.compare_digest(given.encode(), f"Bearer {token}".encode()):
                return response(401, headers={"WWW-Authenticate": "Bearer"})
        client = scope["client"][0] if scope.get("client") else ""
        if not await self._limiter.hit(self._settings.rate, client) or self._inside >= self._settings.at_once:
            return response(429, headers={"Retry-After": "1"})
        return None


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
