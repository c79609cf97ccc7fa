"""A button that saves a view as one file to send to somebody."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import streamlit as st

from recsys.artifacts.open_sets import open_set
from recsys.core.entities import Request
from recsys.engine.recommendation import Recommendation
from recsys.ui.page_context import page_context
from recsys.ui.reports.view import view_report
from recsys.ui.shown_set import available_here


def draw(answer: Recommendation) -> None:
    """The button; the file is made when it is pressed."""
    page = page_context()
    url = urlsplit(st.context.url or "")
    query = urlencode(st.query_params.to_dict())
    link = f"{url.scheme}://{url.netloc}{url.path}?{query}" if url.netloc else ""
    st.download_button(
        "Save this view",
        partial(_report, available_here()[page.set_name], answer.request, link),
        f"{page.file_name('report')}.html",
        "text/html",
        icon=":material/save:",
        on_click="ignore",
        key="save_view",
        help="One file with the list, the reasons and every candidate, to send to somebody",
    )


def _report(folder: Path, request: Request, link: str) -> bytes:
    """The file; from the set that is in the folder now, as an open tab keeps none."""
    loaded = open_set(folder).get()
    return view_report(loaded, loaded.engine.recommend(request), link).encode()
