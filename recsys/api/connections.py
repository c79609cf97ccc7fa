"""Connections that nobody can hold without a word: one that does not say in time what it wants is closed."""

from __future__ import annotations

import asyncio

from uvicorn.protocols.http.h11_impl import H11Protocol, RequestResponseCycle

SECONDS_TO_ASK = 10.0
"""How often a connection is looked at: one that waits for the whole of a header twice in a row is closed."""


class TimedConnection(H11Protocol):
    """An HTTP connection with a time-out for the header, which uvicorn has only for what comes after an answer."""

    _last: RequestResponseCycle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to watch it."""
        super().connection_made(transport)
        self.loop.call_later(SECONDS_TO_ASK, self._look)

    def _look(self) -> None:
        if self.transport.is_closing() or self.transport.get_protocol() is not self:
            return  # it is gone, or has become a WebSocket
        is_waiting = self.cycle is None or self.cycle.response_complete
        if is_waiting and self.cycle is self._last:
            self.transport.close()
            return
        self._last = self.cycle if is_waiting else None
        self.loop.call_later(SECONDS_TO_ASK, self._look)
