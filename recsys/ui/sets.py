"""What the sidebar and the pages ask of the open set, computed once a set."""

from __future__ import annotations

import streamlit as st

from recsys.store import LoadedSet
from recsys.visits import Visits, codes_in_use


def visits(loaded: LoadedSet) -> Visits:
    """The visits that can be looked at."""
    return _visits(loaded.manifest.home, loaded)


def codes(loaded: LoadedSet, field: str) -> list[int]:
    """The codes of a context field, the most frequent first."""
    return _codes(loaded.manifest.home, field, loaded)


@st.cache_resource(max_entries=2, show_spinner=False)
def _visits(home: str, _loaded: LoadedSet) -> Visits:
    return Visits.of(_loaded.engine)


@st.cache_data(max_entries=12, show_spinner=False)
def _codes(home: str, field: str, _loaded: LoadedSet) -> list[int]:
    return codes_in_use(_loaded.engine, field)
