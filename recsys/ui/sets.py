"""What the sidebar and the pages ask of the open set, computed once a set."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from recsys.domain import MINUTE, Request
from recsys.replay import Timeline, timeline
from recsys.store import LoadedSet
from recsys.visits import Visits, codes_in_use

FILM_STEP = 30 * MINUTE
FILM_DEPTH = 20


def visits(loaded: LoadedSet) -> Visits:
    """The visits that can be looked at."""
    return _visits(loaded.manifest.home, loaded)


def codes(loaded: LoadedSet, field: str) -> list[int]:
    """The codes of a context field, the most frequent first."""
    return _codes(loaded.manifest.home, field, loaded)


def film(loaded: LoadedSet, overrides: Mapping[str, int]) -> Timeline:
    """What a new visitor in this context would have got through the replay hours."""
    return _film(loaded.manifest.home, tuple(overrides.items()), loaded)


@st.cache_resource(max_entries=8, show_spinner="Playing the whole day once …")
def _film(home: str, overrides: tuple[tuple[str, int], ...], _loaded: LoadedSet) -> Timeline:
    return timeline(_loaded.engine, Request(overrides=dict(overrides)), FILM_STEP, FILM_DEPTH, lambda _: None)


@st.cache_resource(max_entries=2, show_spinner=False)
def _visits(home: str, _loaded: LoadedSet) -> Visits:
    return Visits.of(_loaded.engine)


@st.cache_data(max_entries=12, show_spinner=False)
def _codes(home: str, field: str, _loaded: LoadedSet) -> list[int]:
    return codes_in_use(_loaded.engine, field)
