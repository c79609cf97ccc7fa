"""The request behind a page, for those who would send it from a program."""

from __future__ import annotations

import os
from urllib.parse import urlsplit

import streamlit as st

from recsys.api.schemas import SERVED
from recsys.api.schemas.request import RecommendationRequest
from recsys.core.entities import Request
from recsys.ui.components import charts
from recsys.ui.page_context import page_context

LOCAL = "http://127.0.0.1:8501"


def draw(request: Request) -> None:
    """The request as JSON and as a command, each with a button to copy it."""
    wanted = RecommendationRequest.of(request, page_context().loaded.engine.names)
    charts.folded("Get this list from a program", "request_card", lambda: _draw(wanted))


def _draw(wanted: RecommendationRequest) -> None:
    if SERVED in os.environ:
        st.markdown("This server answers the same request over REST, with the same engine; `/api/docs` documents it.")
    else:
        st.markdown(
            "Only the pages are served here. `recsys serve`, or `make demo` in a checkout, answers this request over "
            "REST, with the same engine."
        )
    body, command = st.columns(2, gap="large")
    body.caption("The request as JSON")
    body.code(wanted.to_json(), language="json")
    command.caption("As a command")
    command.code(wanted.to_curl(_origin()), language="bash", wrap_lines=True)


def _origin() -> str:
    """The address of this app, or where it would be served."""
    url = urlsplit(st.context.url or "")
    return f"{url.scheme}://{url.netloc}" if SERVED in os.environ and url.netloc else LOCAL
