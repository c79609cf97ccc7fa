"""The pages and the REST API in one process, on one port."""

from __future__ import annotations

import os
from pathlib import Path

import streamlit as st
from streamlit.errors import StreamlitSecretNotFoundError

from recsys.api import app
from recsys.api.schemas import SERVED
from recsys.api.settings import TOKEN, ServerSettings
from recsys.engine.event_log import EventLog
from recsys.errors import RecsysError
from recsys.ui import first_paint
from recsys.ui.page_context import PAGES

SCRIPT = Path(__file__).resolve().parents[2] / "streamlit_app.py"


def run(host: str, port: int, events: Path | None) -> None:
    """Serve until stopped.

    Raises:
        RecsysError: this is not a checkout, or a setting can't be read.
    """
    if not SCRIPT.is_file():
        raise RecsysError(f"{SCRIPT} is missing: run this in a checkout of the project.")
    os.environ[SERVED] = "yes"
    os.chdir(SCRIPT.parent)
    settings = ServerSettings.of({**_secrets(), **os.environ})
    routes = app.routes(settings, None if events is None else EventLog(events))
    app.log_to_stderr()
    app.read_first_set()
    server = st.App(SCRIPT, routes=[*routes, *first_paint.routes(path.stem for path in PAGES.glob("*.py"))])
    # Nobody edits what is served, and the watcher wakes up for every file that the server itself reads.
    quiet = {"server.headless": True, "server.fileWatcherType": "none"}
    server.run(config={"server.address": host, "server.port": port, **quiet})


def _secrets() -> dict[str, str]:
    """The token, where it is kept in Streamlit's secrets."""
    try:
        return {TOKEN: str(st.secrets[TOKEN])}
    except (StreamlitSecretNotFoundError, KeyError):
        return {}
