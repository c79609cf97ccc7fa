"""The pages and the REST API in one process, on one port."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import click
import streamlit as st
import uvicorn
from starlette.middleware import Middleware
from streamlit import config
from streamlit.errors import StreamlitSecretNotFoundError

from recsys.api import app
from recsys.api.connections import TimedConnection
from recsys.api.learning_sets import Events
from recsys.api.schemas import SERVED
from recsys.api.settings import TOKEN, ServerSettings
from recsys.core import process
from recsys.errors import RecsysError
from recsys.ui import first_paint, left_sessions
from recsys.ui.page_context import PAGES
from recsys.ui.same_origin import SameOrigin
from recsys.ui.site import APP
from recsys.ui.upload_limit import UploadLimit

SCRIPT = Path(__file__).resolve().parents[2] / "streamlit_app.py"
LARGEST_MESSAGE = 1 << 20
"""Bytes that a browser may send at once: what people choose and type, never a file."""
PING_SECONDS = 30
KEPT = "STREAMLIT_SERVER_DISCONNECTED_SESSION_TTL"
"""Streamlit's own variable for how long a session waits for its browser, s; it reads it only in ``streamlit run``."""
WAITING = 2048
"""Connections that may wait to be taken."""


def run(host: str, port: int, events: Events | None) -> None:
    """Serve until stopped.

    Raises:
        RecsysError: this is not a checkout, the port is taken, or a setting can't be read.
    """
    if not SCRIPT.is_file():
        raise RecsysError(f"{SCRIPT} is missing: run this in a checkout of the project.")
    os.environ[SERVED] = "yes"
    os.chdir(SCRIPT.parent)
    process.allow_many_files()
    settings = ServerSettings.of({**_secrets(), **os.environ})
    routes = app.routes(settings, events)
    app.log_to_stderr()
    with _listening(host, port) as listening:
        app.read_first_set()
        _configure(host, port)
        pages = st.App(
            SCRIPT,
            routes=[*routes, *first_paint.routes(path.stem for path in PAGES.glob("*.py"))],
            middleware=[Middleware(SameOrigin), Middleware(UploadLimit)],
            lifespan=left_sessions.cleared_away,
        )
        server = uvicorn.Server(
            uvicorn.Config(
                pages,
                http=TimedConnection,
                ws="websockets-sansio",
                ws_max_size=LARGEST_MESSAGE,
                ws_ping_interval=PING_SECONDS,
                ws_ping_timeout=PING_SECONDS,
                ws_per_message_deflate=False,
                access_log=False,
                log_level="warning",
            )
        )
        click.echo(f"{APP}: http://{'localhost' if host in {'0.0.0.0', '::'} else host}:{port}")
        server.run(sockets=[listening])


def _listening(host: str, port: int) -> socket.socket:
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        return socket.create_server((host, port), family=family, backlog=WAITING)
    except OSError as error:
        raise RecsysError(f"The port {port} of {host} can't be used: {error.strerror}.") from None


def _configure(host: str, port: int) -> None:
    """What Streamlit is told besides ``.streamlit/config.toml``."""
    # Nobody edits what is served, and the watcher wakes up for every file that the server itself reads.
    chosen: dict[str, object] = {
        "server.address": host,
        "server.port": port,
        "server.headless": True,
        "server.fileWatcherType": "none",
        "server.disconnectedSessionTTL": int(os.environ.get(KEPT, left_sessions.KEPT_SECONDS)),
    }
    for name, value in chosen.items():
        config.set_option(name, value)


def _secrets() -> dict[str, str]:
    """The token, where it is kept in Streamlit's secrets."""
    try:
        return {TOKEN: str(st.secrets[TOKEN])}
    except (StreamlitSecretNotFoundError, KeyError):
        return {}
