"""What is on screen: reader, moment, context, algorithms, length. Chosen once, in the sidebar, and kept in the URL."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import streamlit as st

from recsys.analysis.live_session import MOST_CLICKS
from recsys.core.entities import OVERRIDABLE, Request
from recsys.core.numbers import whole_number
from recsys.core.timestamps import iso, parse_time
from recsys.data.dataset_settings import DatasetSettings
from recsys.engine.engine import LARGEST_K
from recsys.errors import InputError
from recsys.retrieval.registry import RETRIEVERS

DEFAULT_K = 10
VIEW = "view"
"""The key under which the session keeps the view."""


@dataclass(frozen=True)
class ViewState:
    """The choices behind a page.

    ``user_id`` None is a new reader; ``as_of`` None stands for the moment that suits the reader.
    """

    user_id: int | None = None
    as_of: int | None = None
    overrides: Mapping[str, int] = field(default_factory=dict)
    k: int = DEFAULT_K
    without: tuple[str, ...] = ()
    article: int | None = None
    """The one that every page highlights."""
    session: tuple[int, ...] = ()
    """The articles clicked in the live session, in order."""

    def request(self) -> Request:
        """The request behind the view."""
        return Request(
            user_id=self.user_id, overrides=self.overrides, as_of=self.as_of, k=self.k, without=frozenset(self.without)
        )


def highlight_article(article_id: int | None) -> None:
    """Choose the article that every page highlights."""
    st.session_state[VIEW] = replace(st.session_state[VIEW], article=article_id)


def set_clock(time: int) -> None:
    """Choose the moment of every page, ms."""
    st.session_state[VIEW] = replace(st.session_state[VIEW], as_of=time)


def set_session(article_ids: tuple[int, ...]) -> None:
    """Choose what has been clicked in the live session."""
    st.session_state[VIEW] = replace(st.session_state[VIEW], session=article_ids)


def read_url(settings: DatasetSettings, newcomer: ViewState) -> tuple[ViewState, list[str]]:
    """The view in the URL, and a sentence for each part that could not be read.

    Where the URL names no reader, it is the newcomer's view, in the context and the length that the URL names.
    """
    parameters = st.query_params.to_dict()
    complaints: list[str] = []
    user_id, as_of = (None, None) if "user" in parameters else (newcomer.user_id, newcomer.as_of)
    text = parameters.get("user", "none").strip()
    if text.casefold() != "none":
        user_id = whole_number(text)
        if user_id is None:
            complaints.append(f"{text!r} is not a reader id: ids are whole numbers. A new reader is shown instead.")
    k = whole_number(parameters.get("k", str(DEFAULT_K)))
    if k is None or not 1 <= k <= LARGEST_K:
        complaints.append(f"k must be a whole number from 1 to {LARGEST_K}; {DEFAULT_K} is used.")
        k = DEFAULT_K
    overrides = {}
    try:
        if "as_of" in parameters:
            as_of = parse_time(parameters["as_of"])
    except InputError as error:
        complaints.append(str(error))
    for name in OVERRIDABLE:
        try:
            if name in parameters:
                overrides[name] = settings.code(name, parameters[name])
        except InputError as error:
            complaints.append(str(error))
    without = [name.strip() for name in parameters.get("without", "").split(",") if name.strip()]
    complaints += [f"Unknown algorithm {name!r}." for name in without if name not in RETRIEVERS]
    article = whole_number(parameters["article"]) if "article" in parameters else None
    clicked = [text for text in parameters.get("session", "").split(",") if text.strip()]
    session = tuple(number for text in clicked if (number := whole_number(text)) is not None)
    if len(session) < len(clicked):
        complaints.append("Some of the session's clicks are not article ids; they are left out.")
    if len(session) > MOST_CLICKS:
        complaints.append(f"A session can hold {MOST_CLICKS} clicks; only the last ones are kept.")
    switched_off = tuple(name for name in RETRIEVERS if name in without)
    return ViewState(user_id, as_of, overrides, k, switched_off, article, session[-MOST_CLICKS:]), complaints


def write_url(set_name: str, view: ViewState) -> None:
    """Put the view into the URL, so that its link opens the same page."""
    parameters = {"set": set_name, "user": "none" if view.user_id is None else str(view.user_id)}
    if view.as_of is not None:
        parameters["as_of"] = iso(view.as_of)
    parameters |= {name: str(code) for name, code in view.overrides.items()}
    if view.k != DEFAULT_K:
        parameters["k"] = str(view.k)
    if view.without:
        parameters["without"] = ",".join(view.without)
    if view.article is not None:
        parameters["article"] = str(view.article)
    if view.session:
        parameters["session"] = ",".join(map(str, view.session))
    if st.query_params.to_dict() != parameters:
        st.query_params.from_dict(parameters)
