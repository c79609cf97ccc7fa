"""Choices that pages offer: one of a few views, one of several articles."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from types import ModuleType

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from recsys.ui.view_state import highlight_article


def choose(label: str, options: Mapping[str, str] | Iterable[str]) -> str:
    """One of a few, the first until somebody picks another; a mapping has names and what they are shown as."""
    shown = dict(options) if isinstance(options, Mapping) else {name: name for name in options}
    return str(
        st.segmented_control(
            label, list(shown), default=next(iter(shown)), format_func=lambda name: shown[name], required=True
        )
    )


def choose_article(
    container: DeltaGenerator | ModuleType,
    label: str,
    article_ids: Sequence[int],
    start: int,
    name: Callable[[int], str],
) -> int:
    """An article out of a list, picked in ``st`` or a part of it; every page highlights the one that is picked."""
    key = f"article: {label}"
    st.session_state[key] = start
    return int(
        container.selectbox(
            label,
            article_ids,
            format_func=name,
            key=key,
            on_change=lambda: highlight_article(st.session_state[key]),
        )
    )
