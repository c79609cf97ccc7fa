"""Elements of Streamlit's own that it loads late, and whose place until then is of another height: the style of the
page keeps them theirs, so that nothing moves.
"""

from __future__ import annotations

import streamlit as st
from streamlit.delta_generator import DeltaGenerator


def metric(key: str, label: str, value: str) -> None:
    """A figure under its label."""
    st.container(key=f"metric_{key}").metric(label, value)


def links(key: str) -> DeltaGenerator:
    """A row of links to pages."""
    return st.container(horizontal=True, vertical_alignment="center", gap="medium", key=f"links_{key}")
