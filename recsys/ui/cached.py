"""What the controls and the pages need of the open set, computed once a set."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from threading import Thread
from typing import Generic, TypeVar

import streamlit as st

from recsys.analysis.replay import Timeline, step_over, timeline
from recsys.analysis.replay_visits import ReplayVisits, codes_in_use, contexts_in_use
from recsys.artifacts.store import LoadedSet
from recsys.backtest.policy_price import KeptVisits
from recsys.backtest.two_sets import on_kept_visits
from recsys.core.entities import OVERRIDABLE, Request
from recsys.core.progress import Report
from recsys.core.types import MINUTE
from recsys.evaluation.set_comparison import SetComparison

FILM_STEP = 30 * MINUTE
FILM_DEPTH = 20
CONTEXTS = 12
Made = TypeVar("Made")


def visits(loaded: LoadedSet) -> ReplayVisits:
    """The visits that can be shown."""
    return _visits(loaded.manifest.home, loaded)


def codes(loaded: LoadedSet, field: str) -> list[int]:
    """The codes of a context field, the most frequent first."""
    return _codes(loaded.manifest.home, field, loaded)


def context_fields(loaded: LoadedSet) -> list[str]:
    """The fields of the context of which the set's log knows anything."""
    return [field for field in OVERRIDABLE if codes(loaded, field)]


def contexts(loaded: LoadedSet) -> list[dict[str, int]]:
    """The contexts that most readers have, to try out."""
    return _contexts(loaded.manifest.home, loaded)


class Job(Generic[Made]):
    """Something that takes long, made in the background once for everyone who opens a set."""

    def __init__(self, make: Callable[[Report], Made]) -> None:
        self.share = 0.0
        """How much of it is there, from 0 to 1."""
        self._made: Future[Made] = Future()
        Thread(target=self._make, args=(make,), daemon=True).start()  # the app can end without waiting for it

    @property
    def is_done(self) -> bool:
        """Whether it is made, or can't be."""
        return self._made.done()

    def made(self) -> Made | None:
        """What was made, or None while it is being made. Errors are those of making it."""
        return self._made.result() if self.is_done else None

    def _make(self, make: Callable[[Report], Made]) -> None:
        try:
            self._made.set_result(make(self._report))
        except BaseException as error:
            self._made.set_exception(error)

    def _report(self, share: float) -> None:
        self.share = share


def film(loaded: LoadedSet) -> Job[Timeline]:
    """What an unknown reader would have been shown through the replay hours of a set; the first call starts it."""
    return _film(loaded.manifest.home, loaded)


def set_comparison(old: LoadedSet, new: LoadedSet) -> Job[SetComparison]:
    """Two sets on the visits that they keep; the first call starts it."""
    return _set_comparison(old.manifest.home, new.manifest.home, old, new)


def policy_visits(loaded: LoadedSet) -> Job[KeptVisits]:
    """The visits on which policies are tried; the first call begins to look them up."""
    return _policy_visits(loaded.manifest.home, loaded)


@st.cache_resource(max_entries=2, show_spinner=False)
def _policy_visits(home: str, _loaded: LoadedSet) -> Job[KeptVisits]:
    return Job(lambda report: KeptVisits.of(_loaded, report))


@st.cache_resource(max_entries=2, show_spinner=False)
def _film(home: str, _loaded: LoadedSet) -> Job[Timeline]:
    return Job(
        lambda report: timeline(_loaded.engine, Request(), step_over(_loaded.engine, FILM_STEP), FILM_DEPTH, report)
    )


@st.cache_resource(max_entries=2, show_spinner=False)
def _set_comparison(old: str, new: str, _old: LoadedSet, _new: LoadedSet) -> Job[SetComparison]:
    return Job(lambda report: on_kept_visits(_old, _new, report))


@st.cache_resource(max_entries=2, show_spinner=False)
def _visits(home: str, _loaded: LoadedSet) -> ReplayVisits:
    return ReplayVisits.of(_loaded.engine)


@st.cache_data(max_entries=2, show_spinner=False)
def _contexts(home: str, _loaded: LoadedSet) -> list[dict[str, int]]:
    return contexts_in_use(_loaded.engine, CONTEXTS)


@st.cache_data(max_entries=12, show_spinner=False)
def _codes(home: str, field: str, _loaded: LoadedSet) -> list[int]:
    return codes_in_use(_loaded.engine, field)
