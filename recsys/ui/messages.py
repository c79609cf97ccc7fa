"""Sentences about what went wrong: they quote what people and logs have written, which is shown as it is."""

from __future__ import annotations

import streamlit as st

from recsys.ui.theme import plain


def error(text: str) -> None:
    """Say what can't be done, and why."""
    st.error(plain(text), icon=":material/error:")


def warning(text: str) -> None:
    """Say what is done otherwise than was asked for."""
    st.warning(plain(text))
