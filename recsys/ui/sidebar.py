"""The shared controls: set, visitor, context, length of the list."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import streamlit as st

from recsys.data.settings import title
from recsys.domain import OVERRIDABLE
from recsys.engine import LARGEST_K
from recsys.retrieval.registry import RETRIEVERS
from recsys.sets import available, open_set
from recsys.store import FIRST, LoadedSet
from recsys.text import whole_number
from recsys.times import iso
from recsys.ui import sets
from recsys.ui.theme import LOOKS
from recsys.ui.view import VIEW, View, read_url, write_url
from recsys.visits import KINDS

COMPLAINTS = "complaints"
AS_STORED = -1
"""The option of a context field that leaves it as it is stored."""


def choose_set() -> tuple[str, LoadedSet] | None:
    """Let the visitor pick a set; None where there is none.

    Raises:
        ArtifactError: the chosen set can't be used.
    """
    found = available()
    if not found:
        return None
    names = list(found)
    wanted = st.query_params.get("set")
    if wanted is not None and wanted not in names and VIEW not in st.session_state:
        st.warning(f"There is no set {wanted!r} here; {names[0]!r} is shown.")
    start = names.index(wanted) if wanted in names else 0
    name = names[0]
    if len(names) > 1:
        name = st.sidebar.selectbox("Set of models", names, index=start, key="set", on_change=_forget_view)
    with st.spinner("Opening the models …"):
        return name, open_set(found[name]).get()


def choose_view(set_name: str, loaded: LoadedSet) -> View:
    """Draw the controls and return what is chosen; the URL follows."""
    if VIEW not in st.session_state:
        view, complaints = read_url(loaded.engine.settings, _first_view(loaded))
        st.session_state[COMPLAINTS] = complaints
        _look_at(loaded, view)
    for complaint in st.session_state.get(COMPLAINTS, []):
        st.warning(complaint)
    with st.sidebar:
        _visitor_controls(loaded)
        view = _algorithm_controls(_context_controls(loaded, st.session_state[VIEW]))
    st.session_state[VIEW] = view
    write_url(set_name, view)
    return view


def _visitor_controls(loaded: LoadedSet) -> None:
    st.subheader("Visitor")
    st.text_input(
        "Visitor id",
        key="user_text",
        placeholder="empty: a new visitor",
        help="Empty for somebody who has never been here.",
        on_change=_type_visitor,
        args=(loaded,),
    )
    st.caption("Or pick one at random:")
    columns = st.columns(2)
    for place, (kind, meaning) in enumerate(KINDS.items()):
        columns[place % 2].button(
            kind.capitalize(), help=meaning, width="stretch", on_click=_pick, args=(loaded, kind), key=f"pick_{kind}"
        )
    st.button(
        "One that only the reranker got right",
        help="The next click is in the first ten of the reranked list, and in the first ten of no single algorithm.",
        width="stretch",
        disabled=not loaded.showcase,
        on_click=_pick_showcase,
        args=(loaded,),
        key="pick_showcase",
    )


def _context_controls(loaded: LoadedSet, view: View) -> View:
    st.subheader("Context")
    settings = loaded.engine.settings
    overrides = {}
    for field in OVERRIDABLE:
        known = sets.codes(loaded, field)
        chosen = view.overrides.get(field)
        options = [AS_STORED, *known, *([chosen] if chosen is not None and chosen not in known else [])]
        code = st.selectbox(
            title(field)[0].upper() + title(field)[1:],
            options,
            key=f"context_{field}",
            format_func=lambda code, field=field: "As stored" if code == AS_STORED else settings.label(field, code),
            help="Names are inferred from how the codes go together." if settings.is_inferred(field) else None,
        )
        if code != AS_STORED:
            overrides[field] = code
    k = st.number_input("Length of the list", 1, LARGEST_K, key="k")
    return replace(view, overrides=overrides, k=int(k))


def _algorithm_controls(view: View) -> View:
    proposing = st.pills(
        "Algorithms that propose",
        list(RETRIEVERS),
        selection_mode="multi",
        key="proposing",
        format_func=lambda name: LOOKS[name].short,
        help="Switch one off to see what the final list owes to it.",
    )
    return replace(view, without=tuple(name for name in RETRIEVERS if name not in proposing))


def _look_at(loaded: LoadedSet, view: View) -> None:
    """Make this the view, and set the controls to it."""
    if view.as_of is None and view.user_id is not None:
        view = replace(view, as_of=sets.visits(loaded).moment(view.user_id))
    st.session_state[VIEW] = view
    st.session_state["user_text"] = "" if view.user_id is None else str(view.user_id)
    st.session_state["k"] = view.k
    st.session_state["proposing"] = [name for name in RETRIEVERS if name not in view.without]
    for field in OVERRIDABLE:
        st.session_state[f"context_{field}"] = view.overrides.get(field, AS_STORED)


def _first_view(loaded: LoadedSet) -> View:
    """What a newcomer sees first: a visit that shows the point of it all."""
    if loaded.showcase:
        visit = loaded.showcase[len(loaded.showcase) // 2]
        return View(visit.user_id, visit.as_of)
    visits = sets.visits(loaded)
    return View(int(visits.user_ids[0]), int(visits.moments[0])) if len(visits.user_ids) else View()


def _type_visitor(loaded: LoadedSet) -> None:
    text = st.session_state["user_text"].strip()
    st.session_state[COMPLAINTS] = []
    user_id = whole_number(text)
    if text and user_id is None:
        st.session_state[COMPLAINTS] = [f"{text!r} is not a visitor id: ids are whole numbers."]
        return
    _look_at(loaded, _same_terms(View(user_id)))


def _pick(loaded: LoadedSet, kind: str) -> None:
    visits = sets.visits(loaded)
    rows = visits.of_kind(kind)
    st.session_state[COMPLAINTS] = [] if len(rows) else [f"No {kind} visitor came in the replay hours of this set."]
    if len(rows):
        row = int(np.random.default_rng().choice(rows))
        _look_at(loaded, _same_terms(View(int(visits.user_ids[row]), int(visits.moments[row]))))


def _pick_showcase(loaded: LoadedSet) -> None:
    st.session_state[COMPLAINTS] = []
    visit = loaded.showcase[int(np.random.default_rng().integers(len(loaded.showcase)))]
    view = _same_terms(View(visit.user_id, visit.as_of))
    _look_at(loaded, replace(view, k=max(view.k, FIRST)))


def look_at(loaded: LoadedSet, view: View) -> None:
    """Show another visitor: the list as long as before, the same algorithms at work. For callbacks of widgets."""
    st.session_state[COMPLAINTS] = []
    _look_at(loaded, _same_terms(view))


def _same_terms(view: View) -> View:
    """Another visitor, but the list as long as before, the same algorithms at work, and the same live session."""
    before: View = st.session_state[VIEW]
    return replace(view, k=before.k, without=before.without, session=before.session)


def _forget_view() -> None:
    st.session_state.pop(VIEW, None)
    st.query_params.clear()


def moment_in_words(loaded: LoadedSet, view: View) -> str:
    """The moment of the view, as a person writes it."""
    time = loaded.engine.end if view.as_of is None else view.as_of
    return iso(time).replace("T", " ").split(".")[0].removesuffix("Z") + " UTC"
