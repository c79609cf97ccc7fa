"""Who may upload how much: Streamlit takes files from anybody with a session, whether or not a page asks for one."""

from __future__ import annotations

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send
from streamlit.runtime import Runtime
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager

from recsys.ui.uploads import LARGEST_MB, asks_for_files

PATH = "/_stcore/upload_file/"
SESSION_BYTES = LARGEST_MB * 1_000_000
ALL_BYTES = 2 * SESSION_BYTES
"""Of all sessions together: a free hosting tier has a gigabyte for everything."""


class UploadLimit:
    """Refuses files that no page has asked for, and those for which there is no room."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._coming: dict[str, int] = {}
        """Bytes on their way, by session."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through, or refuse it; whatever is no upload goes through."""
        if scope["type"] != "http" or scope["method"] != "PUT" or not scope["path"].startswith(PATH):
            await self._app(scope, receive, send)
            return
        session = scope["path"].removeprefix(PATH).split("/")[0]
        length = Headers(scope=scope).get("content-length", "")
        refusal = self._refusal(session, length)
        if refusal is not None:
            await refusal(scope, receive, send)
            return
        self._coming[session] = self._coming.get(session, 0) + int(length)
        try:
            await self._app(scope, receive, send)
        finally:
            self._coming[session] -= int(length)
            if not self._coming[session]:
                del self._coming[session]

    def _refusal(self, session: str, length: str) -> PlainTextResponse | None:
        if not asks_for_files(session):
            return PlainTextResponse("No page of yours asks for a file.", 403)
        if not length.isdecimal():
            return PlainTextResponse("Say how long the file is.", 411)
        held = _held()
        mine = held.get(session, 0) + self._coming.get(session, 0) + int(length)
        everybody = sum(held.values()) + sum(self._coming.values()) + int(length)
        if mine > SESSION_BYTES or everybody > ALL_BYTES:
            return PlainTextResponse("There is no room for this file.", 413)
        return None


def _held() -> dict[str, int]:
    """The bytes that are kept for each session."""
    manager = Runtime.instance().uploaded_file_mgr
    assert isinstance(manager, MemoryUploadedFileManager)
    return {
        session: sum(len(one.data) for one in files.values()) for session, files in list(manager.file_storage.items())
    }
