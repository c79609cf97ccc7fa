"""Which view is shown: that of the session, of the address, or of another set as far as this one knows it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import streamlit as st

from recsys.artifacts.store import LoadedSet
from recsys.ui import address, sets
from recsys.ui.messages import warning
from recsys.ui.view_changes import as_of_for
from recsys.ui.view_state import MESSAGES, VIEW, ViewState, change, current

BEFORE = "view_set"
"""The key under which the session keeps the name and the dataset of the set that the view is of."""


def as_it_is(_set_name: str, _loaded: LoadedSet, view: ViewState) -> ViewState:
    """The view, for a page that prepares nothing."""
    return view


def choose_view(
    set_name: str, loaded: LoadedSet, page: str, prepare: Callable[[str, LoadedSet, ViewState], ViewState] = as_it_is
) -> ViewState:
    """The view of this run of a page, as the page prepares it; the address follows."""
    address.one_step_a_view()
    settings = loaded.engine.dataset
    name_before, settings_before = st.session_state.get(BEFORE, (set_name, settings))
    if VIEW not in st.session_state:
        view, messages = address.read(loaded, sets.first_view(loaded))
        change(view, *messages)
    elif address.came_by_history():
        view, messages = address.read(loaded, sets.first_view(loaded))
        change(address.with_other_pages(view, page, current()), *messages)
    elif st.session_state.pop(sets.FRESH, False):
        change(sets.first_view(loaded))
    elif name_before != set_name:
        view, messages = sets.carried_over(current(), settings_before, loaded)
        change(view, *messages)
    st.session_state[BEFORE] = set_name, settings
    view = current()
    if view.as_of is None and view.user_id is not None:
        view = replace(view, as_of=as_of_for(loaded, view.user_id))
    view = st.session_state[VIEW] = prepare(set_name, loaded, view)
    address.write(set_name, loaded, page, view)
    return view


def draw_messages() -> None:
    """Say what the last change of the view could not do."""
    for message in st.session_state[MESSAGES]:
        warning(message)
