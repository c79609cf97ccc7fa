"""What people leave behind: Streamlit clears away a session that has ended when the next person comes, we in time."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from streamlit.runtime import Runtime

from recsys.core import process
from recsys.ui import uploads

SECONDS = 15
KEPT_SECONDS = 60
"""How long a session waits for a browser whose connection has broken."""


@asynccontextmanager
async def cleared_away(_: object) -> AsyncIterator[None]:
    """Clear away ended sessions for as long as the server runs."""
    task = asyncio.create_task(_clear_away())
    try:
        yield
    finally:
        task.cancel()


async def _clear_away() -> None:
    manager = Runtime.instance()._session_mgr
    left = manager._session_storage._cache  # type: ignore[attr-defined]
    while True:
        await asyncio.sleep(SECONDS)
        if left.expire():
            process.give_back_memory()  # a session and its script refer to each other
            uploads.forget_sessions({one.session.id for one in manager.list_sessions()})
