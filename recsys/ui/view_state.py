"""What is on screen: reader, moment, context, algorithms, length, and each page's own choices. Kept in the URL."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import streamlit as st

from recsys.analysis.live_session import MOST_CLICKS
from recsys.core.entities import Request
from recsys.core.policy import NO_POLICY, Policy
from recsys.engine.engine import Engine

DEFAULT_K = 10
VIEW, MESSAGES = "view", "messages"
"""The keys under which the session keeps the view, and what is to be said about the last change of it."""


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
    keep: bool = False
    """Whether another reader is shown at the same moment and in the same context."""
    policy: Policy = NO_POLICY
    """What the list follows besides relevance."""
    article: int | None = None
    """The one that every page highlights."""
    session: tuple[int, ...] = ()
    """The articles clicked in the live session, in order."""
    tour: int | None = None
    """The step of the tour that is on, from 1."""
    choices: Mapping[str, str] = field(default_factory=dict)
    """What a page alone offers, by ``page.choice``; what is not chosen is missing."""

    def request(self) -> Request:
        """The request behind the view."""
        return Request(
            user_id=self.user_id,
            overrides=self.overrides,
            as_of=self.as_of,
            k=self.k,
            without=frozenset(self.without),
            policy=self.policy,
            beside=True,
        )

    def moment(self, engine: Engine) -> int:
        """The moment of the view, ms: the newest that the engine knows where it names none."""
        return engine.end if self.as_of is None else self.as_of

    def with_choice(self, name: str, value: str | None) -> ViewState:
        """With one choice of a page; None takes it back."""
        kept = {other: own for other, own in self.choices.items() if other != name}
        return replace(self, choices=kept if value is None else {**kept, name: value})


def current() -> ViewState:
    """The view that is on screen."""
    found: ViewState = st.session_state[VIEW]
    return found


def change(view: ViewState, *messages: str) -> None:
    """Show another view, with sentences that say what could not be done. For callbacks of widgets."""
    st.session_state[VIEW] = view
    st.session_state[MESSAGES] = list(messages)


def show_in(key: str, value: object) -> None:
    """Make the widget of a key show a value, before it is drawn.

    One that shows it already is left alone: what a program sets is sent to the browser, and would undo a click there
    that is on its way.
    """
    if key not in st.session_state or st.session_state[key] != value:
        st.session_state[key] = value


def highlight_article(article_id: int | None) -> None:
    """Choose the article that every page highlights."""
    change(replace(current(), article=article_id))


def set_clock(time: int) -> None:
    """Choose the moment of every page, ms."""
    change(replace(current(), as_of=time))


def set_session(article_ids: tuple[int, ...]) -> None:
    """Choose what has been clicked in the live session; the last ``MOST_CLICKS`` count."""
    change(replace(current(), session=article_ids[-MOST_CLICKS:]))


def add_click(before: tuple[int, ...], article_id: int | None) -> None:
    """Click an article in the live session, after what was clicked before."""
    if article_id is not None:
        set_session((*before, article_id))


def set_policy(policy: Policy) -> None:
    """Choose what lists follow besides relevance."""
    change(replace(current(), policy=policy))


def set_choice(name: str, value: str | None) -> None:
    """Choose what only one page offers, by ``page.choice``."""
    change(current().with_choice(name, value))
