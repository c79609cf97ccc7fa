"""Files that somebody brings to a page: they lie in a folder of the session's own, and go with it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from recsys.data.reading.source import is_data
from recsys.ui.browser import component

KEY = "uploaded_log"
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
