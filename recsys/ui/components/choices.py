"""Choices that a page offers, kept in the view and so in the address: one of a few, some of several, an article."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from types import ModuleType

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from recsys.core.numbers import whole_number
from recsys.ui.view_state import current, highlight_article, set_choice, show_in

Place = DeltaGenerator | ModuleType
SEPARATOR = "~"
"""Between several values in the address."""


def choose(name: str, label: str, options: Mapping[str, str] | Iterable[str]) -> str:
    """One of a few, the first until somebody picks another.

    Args:
        name: of the choice in the address, ``page.choice``.
        label: of the control.
        options: names; or names and what they are shown as.
    """
    shown = dict(options) if isinstance(options, Mapping) else {option: option for option in options}
    first = next(iter(shown))
    chosen = current().choices.get(name, first)
    show_in(name, chosen if chosen in shown else first)
    return str(
        st.segmented_control(
            label,
            list(shown),
            format_func=shown.__getitem__,
            required=True,
            key=name,
            width="content",
            on_change=lambda: set_choice(name, None if st.session_state[name] == first else st.session_state[name]),
        )
    )


def choose_or_none(name: str, label: str, options: Mapping[str, str]) -> str | None:
    """One of some chips, or none of them; arguments as in ``choose``."""
    chosen = current().choices.get(name)
    show_in(name, chosen if chosen in options else None)
    found: str | None = st.pills(
        label,
        list(options),
        format_func=options.__getitem__,
        key=name,
        on_change=lambda: set_choice(name, st.session_state[name]),
    )
    return found


def choose_several(name: str, label: str, options: Mapping[str, str], first: Sequence[str]) -> list[str]:
    """Some of several chips, at first those of ``first``; other arguments as in ``choose``."""
    kept = current().choices.get(name)
    show_in(name, [one for one in options if one in (first if kept is None else kept.split(SEPARATOR))])
    found: list[str] = st.pills(
        label,
        list(options),
        selection_mode="multi",
        format_func=options.__getitem__,
        key=name,
        on_change=lambda: set_choice(name, SEPARATOR.join(st.session_state[name]) or "none"),
    )
    return found


def choose_some(name: str, label: str, options: Sequence[str], place: Place = st) -> list[str]:
    """Some of several, at first none; arguments as in ``choose``."""
    kept = current().choices.get(name, "").split(SEPARATOR)
    show_in(name, [option for option in options if option in kept])
    found: list[str] = place.multiselect(
        label,
        options,
        key=name,
        placeholder="Any",
        on_change=lambda: set_choice(name, SEPARATOR.join(st.session_state[name]) or None),
    )
    return found


def choose_option(name: str, label: str, options: Sequence[str]) -> str | None:
    """One of many, or none; arguments as in ``choose``."""
    kept = current().choices.get(name)
    show_in(name, kept if kept in options else None)
    found: str | None = st.selectbox(
        label,
        options,
        index=None,
        placeholder="None",
        key=name,
        on_change=lambda: set_choice(name, st.session_state[name]),
    )
    return found


def choose_number(name: str, label: str, least: int, most: int, place: Place = st) -> int:
    """A whole number, at first the least; arguments as in ``choose``."""
    kept = whole_number(current().choices.get(name, ""))
    show_in(name, least if kept is None else min(max(kept, least), most))
    return int(
        place.number_input(
            label,
            least,
            most,
            key=name,
            on_change=lambda: set_choice(name, str(st.session_state[name]) if st.session_state[name] > least else None),
        )
    )


def choose_article(
    place: Place, label: str, article_ids: Sequence[int], start: int, title: Callable[[int], str], name: str = ""
) -> int:
    """An article out of a list.

    Args:
        place: ``st`` or a part of it.
        label: of the control.
        article_ids: the list.
        start: the one that is chosen.
        title: what an article is shown as.
        name: of the choice in the address; where empty, the article that every page highlights is chosen.
    """
    key = name or "article"
    titles = {article_id: title(article_id) for article_id in article_ids}
    show_in(key, start)

    def chosen() -> None:
        if name:
            set_choice(name, str(st.session_state[key]))
        else:
            highlight_article(st.session_state[key])

    return int(place.selectbox(label, article_ids, format_func=titles.__getitem__, key=key, on_change=chosen))
