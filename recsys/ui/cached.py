"""What the controls and the pages need of the open set, computed once a set."""

from __future__ import annotations

from concurrent.futures import Future
from threading import Thread

import streamlit as st

from recsys.analysis.replay import Timeline, timeline
from recsys.analysis.replay_visits import ReplayVisits, codes_in_use, contexts_in_use
from recsys.artifacts.store import LoadedSet
from recsys.core.entities import Request
from recsys.core.types import MINUTE
from recsys.engine.engine import Engine

FILM_STEP = 30 * MINUTE
FILM_DEPTH = 20
CONTEXTS = 12


def visits(loaded: LoadedSet) -> ReplayVisits:
    """The visits that can be shown."""
    return _visits(loaded.manifest.home, loaded)


def codes(loaded: LoadedSet, field: str) -> list[int]:
    """The codes of a context field, the most frequent first."""
    return _codes(loaded.manifest.home, field, loaded)


def contexts(loaded: LoadedSet) -> list[dict[str, int]]:
    """The contexts that most readers have, to try out."""
    return _contexts(loaded.manifest.home, loaded)


class Film:
    """What an unknown reader would have been shown through the replay hours, made in the background."""

    def __init__(self, engine: Engine) -> None:
        self.share = 0.0
        """How much of it is there, from 0 to 1."""
        self._made: Future[Timeline] = Future()
        Thread(target=self._make, args=(engine,), daemon=True).start()  # the app can end without waiting for it

    def made(self) -> Timeline | None:
        """The film, or None while it is being made."""
        return self._made.result() if self._made.done() else None

    def _make(self, engine: Engine) -> None:
        try:
            self._made.set_result(timeline(engine, Request(), FILM_STEP, FILM_DEPTH, self._report))
        except BaseException as error:
            self._made.set_exception(error)

    def _report(self, share: float) -> None:
        self.share = share


def film(loaded: LoadedSet) -> Film:
    """The film of a set; the first call starts it."""
    return _film(loaded.manifest.home, loaded)


@st.cache_resource(max_entries=2, show_spinner=False)
def _film(home: str, _loaded: LoadedSet) -> Film:
    return Film(_loaded.engine)


@st.cache_resource(max_entries=2, show_spinner=False)
def _visits(home: str, _loaded: LoadedSet) -> ReplayVisits:
    return ReplayVisits.of(_loaded.engine)


@st.cache_data(max_entries=2, show_spinner=False)
def _contexts(home: str, _loaded: LoadedSet) -> list[dict[str, int]]:
    return contexts_in_use(_loaded.engine, CONTEXTS)


@st.cache_data(max_entries=12, show_spinner=False)
def _codes(home: str, field: str, _loaded: LoadedSet) -> list[int]:
    return codes_in_use(_loaded.engine, field)
