"""Going to another page from a callback, with a view that the callback has chosen."""

from __future__ import annotations

import streamlit as st

from recsys.ui.page_context import page_named

_KEY = "next_page"


def go_to(page: str) -> None:
    """Open a page, by the name of its file, with the next run. For callbacks of widgets."""
    st.session_state[_KEY] = page


def follow() -> None:
    """Open the page that a callback has named, before the view gets into the address of the one that is left."""
    if page := st.session_state.pop(_KEY, None):
        st.switch_page(page_named(page))
