"""Which sets of artifacts there are, and the loaded one."""

from __future__ import annotations

import os
from pathlib import Path

import streamlit as st

from recsys.artifacts import MANIFEST
from recsys.errors import ArtifactError
from recsys.store import LoadedSet, load
from recsys.visits import Visits, codes_in_use

HOME = Path(__file__).resolve().parents[2] / "artifacts"
VARIABLE = "RECSYS_ARTIFACTS"


def available() -> dict[str, Path]:
    """Sets by name, the one to start with first: ``RECSYS_ARTIFACTS`` where set, else ``artifacts/demo``."""
    found = {path.parent.name: path.parent for path in sorted(HOME.glob(f"*/{MANIFEST}"))}
    if "demo" in found:
        found = {"demo": found["demo"], **found}
    named = os.environ.get(VARIABLE)
    if named:
        path = Path(named)
        own = path.resolve().name
        found = {own: path, **{name: one for name, one in found.items() if name != own}}
    return found


def open_set(path: Path) -> LoadedSet:
    """The set in a folder, loaded once a process, and again when a new one is published there.

    Raises:
        ArtifactError: the set is missing, damaged or empty; the message says what to do.
    """
    try:
        stamp = (path / MANIFEST).stat().st_mtime_ns
    except OSError:
        stamp = 0
    loaded = _load(str(path), stamp)
    if not len(loaded.engine.user_ids) or not len(loaded.engine.start.live.items):
        raise ArtifactError(f"{path} is an empty set, without visitors or articles: train it on a log with clicks.")
    return loaded


@st.cache_resource(max_entries=2, show_spinner="Opening the models …")
def _load(path: str, stamp: int) -> LoadedSet:
    return load(path)


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
