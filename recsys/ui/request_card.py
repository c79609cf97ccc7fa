"""The request behind a page, for those who would ask it from a program."""

from __future__ import annotations

import os
from urllib.parse import urlsplit

import streamlit as st

from recsys.domain import Request
from recsys.wire import SERVED
from recsys.wire.question import Question

LOCAL = "http://127.0.0.1:8501"


def draw(request: Request) -> None:
    """The request as JSON and as a command, each with a button to copy it."""
    question = Question.of(request)
    st.subheader("Ask the same from a program", anchor=False)
    if SERVED in os.environ:
        st.markdown("This server answers the request over REST, by the same engine; `/api/docs` describes it.")
    else:
        st.markdown(
            "Here only the pages are served. `recsys serve`, or `make demo` in a checkout, answers this request over "
            "REST, by the same engine."
        )
    body, command = st.columns(2, gap="large")
    body.caption("The request as JSON")
    body.code(question.to_json(), language="json")
    command.caption("As a command")
    command.code(question.to_curl(_origin()), language="bash", wrap_lines=True)


def _origin() -> str:
    """Where this app was opened, or where it would be served."""
    url = urlsplit(st.context.url or "")
    return f"{url.scheme}://{url.netloc}" if SERVED in os.environ and url.netloc else LOCAL
