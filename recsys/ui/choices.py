"""Choices that pages offer: one of a few views, one of an answer's articles."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from recsys.ui.view import look_at_article


def choose(label: str, options: Mapping[str, str] | Iterable[str]) -> str:
    """One of a few, the first until somebody picks another; a mapping gives names and what they are shown as."""
    shown = dict(options) if isinstance(options, Mapping) else {name: name for name in options}
    return str(
        st.segmented_control(
            label, list(shown), default=next(iter(shown)), format_func=lambda name: shown[name], required=True
        )
    )


def choose_article(
    place: DeltaGenerator, label: str, article_ids: Sequence[int], start: int, name: Callable[[int], str]
) -> int:
    """An article out of a list; the one that is picked becomes the one that every page lights up."""
    key = f"article: {label}"
    st.session_state[key] = start
    return int(
        place.selectbox(
            label,
            article_ids,
            format_func=name,
            key=key,
            on_change=lambda: look_at_article(st.session_state[key]),
        )
    )
