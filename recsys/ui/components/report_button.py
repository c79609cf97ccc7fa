"""A button that saves a view as one file to send to somebody."""

from __future__ import annotations

from urllib.parse import urlencode, urlsplit

import streamlit as st

from recsys.engine.recommendation import Recommendation
from recsys.ui.page_context import page_context
from recsys.ui.reports.view import view_report


def draw(answer: Recommendation) -> None:
    """The button; the file is made when it is pressed."""
    page = page_context()
    url = urlsplit(st.context.url or "")
    query = urlencode(st.query_params.to_dict())
    link = f"{url.scheme}://{url.netloc}{url.path}?{query}" if url.netloc else ""
    st.download_button(
        "Save this view",
        lambda: view_report(page.loaded, answer, link).encode(),
        f"{page.file_name('report')}.html",
        "text/html",
        icon=":material/save:",
        on_click="ignore",
        key="save_view",
        help="One file with the list, the reasons and every candidate, to send to somebody",
    )
