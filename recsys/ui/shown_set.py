"""The set that a tab shows, for what outlives a run of the script.

Streamlit keeps what a widget was given, its callback and the arguments of that, for as long as the tab is open. A set
of models among them would stay in memory long after another has been published over it, so a callback looks up the set
when it is called.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Concatenate, ParamSpec

import streamlit as st

from recsys.artifacts.open_sets import available, open_set
from recsys.artifacts.store import LoadedSet
from recsys.errors import ArtifactError

OWN = "own_sets"
"""Under which the session keeps the folders of the sets that it has trained."""
_KEY = "shown_set"
Given = ParamSpec("Given")


def available_here() -> dict[str, Path]:
    """The sets of the server, and those that this session has trained."""
    return available() | st.session_state.get(OWN, {})


def show(name: str, folder: Path) -> LoadedSet:
    """Make a set the one that the tab shows.

    Raises:
        ArtifactError: it can't be used.
    """
    st.session_state[_KEY] = name, folder
    return open_set(folder).get()


def set_name() -> str:
    """The name of the set that the tab shows."""
    return str(st.session_state[_KEY][0])


def with_shown_set(change: Callable[Concatenate[LoadedSet, Given], None]) -> Callable[Given, None]:
    """A callback that is given the set on screen when it is called.

    Where that can't be used any more, nothing is changed: the run that follows says why.
    """

    @wraps(change)
    def changed(*args: Given.args, **kwargs: Given.kwargs) -> None:
        try:
            loaded = open_set(st.session_state[_KEY][1]).get()
        except ArtifactError:
            return
        change(loaded, *args, **kwargs)

    return changed
