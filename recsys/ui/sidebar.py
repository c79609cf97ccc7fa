"""The shared controls: set, reader, context, length of the list, algorithms."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import streamlit as st

from recsys.analysis.replay_visits import KINDS
from recsys.analysis.sample_visits import FIRST
from recsys.artifacts.open_sets import available, open_set
from recsys.artifacts.store import LoadedSet
from recsys.core.entities import OVERRIDABLE
from recsys.core.numbers import whole_number
from recsys.core.timestamps import in_words
from recsys.data.dataset_settings import title
from recsys.engine.engine import LARGEST_K
from recsys.retrieval.registry import RETRIEVERS
from recsys.ui import cached
from recsys.ui.theme import LOOKS
from recsys.ui.view_state import VIEW, ViewState, read_url, write_url

COMPLAINTS = "complaints"
AS_STORED = -1
"""The option of a context field that leaves it as it is stored."""


def choose_set() -> tuple[str, LoadedSet] | None:
    """Let the user of the app pick a set; None where there is none.

    Raises:
        ArtifactError: the chosen set can't be used.
    """
    found = available()
    if not found:
        return None
    names = list(found)
    wanted = st.query_params.get("set")
    if wanted is not None and wanted not in names and VIEW not in st.session_state:
        st.warning(f"There is no set {wanted!r} here, so {names[0]!r} is shown.")
    start = names.index(wanted) if wanted in names else 0
    name = names[0]
    if len(names) > 1:
        name = st.sidebar.selectbox("Set of models", names, index=start, key="set", on_change=_forget_view)
    with st.spinner("Loading the models …"):
        return name, open_set(found[name]).get()


def choose_view(set_name: str, loaded: LoadedSet) -> ViewState:
    """Draw the controls and return what is chosen; the URL follows."""
    if VIEW not in st.session_state:
        view, complaints = read_url(loaded.engine.dataset, _first_view(loaded))
        st.session_state[COMPLAINTS] = complaints
        _show(loaded, view)
    for complaint in st.session_state.get(COMPLAINTS, []):
        st.warning(complaint)
    with st.sidebar:
        _reader_controls(loaded)
        view = _algorithm_controls(_context_controls(loaded, st.session_state[VIEW]))
    st.session_state[VIEW] = view
    write_url(set_name, view)
    return view


def _reader_controls(loaded: LoadedSet) -> None:
    st.subheader("Reader")
    st.text_input(
        "Reader id",
        key="user_text",
        placeholder="empty for a new reader",
        help="Leave it empty for somebody who has never been here.",
        on_change=_type_reader,
        args=(loaded,),
    )
    st.caption("Or pick one at random:")
    columns = st.columns(2)
    for number, (kind, meaning) in enumerate(KINDS.items()):
        columns[number % 2].button(
            kind.capitalize(), help=meaning, width="stretch", on_click=_pick, args=(loaded, kind), key=f"pick_{kind}"
        )
    st.button(
        "A win for the combination",
        help="What they opened next is among the first ten of the final list, but of no single algorithm.",
        width="stretch",
        disabled=not loaded.showcase,
        on_click=_pick_showcase,
        args=(loaded,),
        key="pick_showcase",
    )


def _context_controls(loaded: LoadedSet, view: ViewState) -> ViewState:
    st.subheader("Context")
    settings = loaded.engine.dataset
    overrides = {}
    for field in OVERRIDABLE:
        known = cached.codes(loaded, field)
        chosen = view.overrides.get(field)
        options = [AS_STORED, *known, *([chosen] if chosen is not None and chosen not in known else [])]
        code = st.selectbox(
            title(field)[0].upper() + title(field)[1:],
            options,
            key=f"context_{field}",
            format_func=lambda code, field=field: "As stored" if code == AS_STORED else settings.label(field, code),
            help="These names are inferred from how the codes occur together." if settings.is_inferred(field) else None,
        )
        if code != AS_STORED:
            overrides[field] = code
    k = st.number_input("Length of the list", 1, LARGEST_K, key="k")
    return replace(view, overrides=overrides, k=int(k))


def _algorithm_controls(view: ViewState) -> ViewState:
    active = st.pills(
        "Algorithms",
        list(RETRIEVERS),
        selection_mode="multi",
        key="active",
        format_func=lambda name: LOOKS[name].short,
        help="Switch one off to see what the list would be without its suggestions.",
    )
    return replace(view, without=tuple(name for name in RETRIEVERS if name not in active))


def _show(loaded: LoadedSet, view: ViewState) -> None:
    """Make this the view, and set the controls to match."""
    if view.as_of is None and view.user_id is not None:
        view = replace(view, as_of=cached.visits(loaded).moment(view.user_id))
    st.session_state[VIEW] = view
    st.session_state["user_text"] = "" if view.user_id is None else str(view.user_id)
    st.session_state["k"] = view.k
    st.session_state["active"] = [name for name in RETRIEVERS if name not in view.without]
    for field in OVERRIDABLE:
        st.session_state[f"context_{field}"] = view.overrides.get(field, AS_STORED)


def _first_view(loaded: LoadedSet) -> ViewState:
    """What a newcomer sees first: a visit that shows what the combination is for."""
    if loaded.showcase:
        visit = loaded.showcase[len(loaded.showcase) // 2]
        return ViewState(visit.user_id, visit.as_of)
    visits = cached.visits(loaded)
    return ViewState(int(visits.user_ids[0]), int(visits.moments[0])) if len(visits.user_ids) else ViewState()


def _type_reader(loaded: LoadedSet) -> None:
    text = st.session_state["user_text"].strip()
    st.session_state[COMPLAINTS] = []
    user_id = whole_number(text)
    if text and user_id is None:
        st.session_state[COMPLAINTS] = [f"{text!r} is not a reader id: ids are whole numbers."]
        return
    _show(loaded, _keep_rest(ViewState(user_id)))


def _pick(loaded: LoadedSet, kind: str) -> None:
    visits = cached.visits(loaded)
    rows = visits.of_kind(kind)
    st.session_state[COMPLAINTS] = [] if len(rows) else [f"This set has no {kind} reader in its replay hours."]
    if len(rows):
        row = int(np.random.default_rng().choice(rows))
        _show(loaded, _keep_rest(ViewState(int(visits.user_ids[row]), int(visits.moments[row]))))


def _pick_showcase(loaded: LoadedSet) -> None:
    st.session_state[COMPLAINTS] = []
    visit = loaded.showcase[int(np.random.default_rng().integers(len(loaded.showcase)))]
    view = _keep_rest(ViewState(visit.user_id, visit.as_of))
    _show(loaded, replace(view, k=max(view.k, FIRST)))


def show_reader(loaded: LoadedSet, view: ViewState) -> None:
    """Show another reader, with the same length of list and the same algorithms. For callbacks of widgets."""
    st.session_state[COMPLAINTS] = []
    _show(loaded, _keep_rest(view))


def _keep_rest(view: ViewState) -> ViewState:
    """Another reader, with the same length of list, the same algorithms and the same live session."""
    before: ViewState = st.session_state[VIEW]
    return replace(view, k=before.k, without=before.without, session=before.session)


def _forget_view() -> None:
    st.session_state.pop(VIEW, None)
    st.query_params.clear()


def moment_in_words(loaded: LoadedSet, view: ViewState) -> str:
    """The moment of the view, as a person writes it."""
    return in_words(loaded.engine.end if view.as_of is None else view.as_of)
