"""Files that somebody brings to a page: they lie in a folder of the session's own, and go with it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import streamlit as st
from streamlit.runtime import Runtime
from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.runtime.uploaded_file_manager import UploadedFile

from recsys.data.reading.source import is_data
from recsys.ui.browser import component

KEY = "uploaded_log"
LARGEST_MB = 200
"""Of a file, and of all files of a session."""
_ASKING: set[str] = set()
"""The sessions that have a page open that asks for files."""
_mount_mend = component("uploader", ["uploader"])


class UploadedLog:
    """A log made of uploaded files; its folder is deleted with the object."""

    def __init__(self, files: Sequence[UploadedFile]) -> None:
        self._home = TemporaryDirectory(prefix="recsys-log-")
        self.ids = [file.file_id for file in files]
        folder = Path(self._home.name) / Path(files[0].name).name.split(".")[0]
        folder.mkdir()
        for file in files:
            (folder / Path(file.name).name).write_bytes(file.getvalue())
        only = folder / Path(files[0].name).name
        self.path = only if len(files) == 1 else folder


def ask_for_files() -> None:
    """Let this session upload, until it opens another page."""
    _ASKING.add(_session())


def ask_for_none() -> None:
    """Let this session upload nothing, and give back what it has uploaded."""
    if _session() in _ASKING:
        _ASKING.discard(_session())
        st.session_state.pop(KEY, None)
        if Runtime.exists():  # not in a test without a server
            Runtime.instance().uploaded_file_mgr.remove_session_files(_session())


def asks_for_files(session: str) -> bool:
    """Whether a session has a page open that asks for files."""
    return session in _ASKING


def forget_sessions(open_ones: Collection[str]) -> None:
    """Forget what sessions asked for that are no longer open."""
    _ASKING.intersection_update(open_ones)


def _session() -> str:
    context = get_script_run_ctx()
    return "" if context is None else context.session_id


def can_be_heard() -> None:
    """Mend what Streamlit tells screen readers of the place to drop files."""
    _mount_mend(key="mended_uploader", height=1)


def stored(files: Sequence[UploadedFile]) -> UploadedLog | None:
    """The log that was uploaded, or None where there is none; the one before it is deleted."""
    usable = [file for file in files if is_data(file.name)]
    before: UploadedLog | None = st.session_state.get(KEY)
    if not usable:
        st.session_state.pop(KEY, None)
        return None
    if before is None or before.ids != [file.file_id for file in usable]:
        st.session_state[KEY] = UploadedLog(usable)
    found: UploadedLog = st.session_state[KEY]
    return found
