"""What the controls above a page do: how a view is shown in widgets, and what their callbacks change of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import streamlit as st

from recsys.analysis.sample_visits import FIRST
from recsys.artifacts.store import LoadedSet
from recsys.core.entities import OVERRIDABLE
from recsys.core.policy import NO_POLICY
from recsys.ui import cached
from recsys.ui.shown_set import with_shown_set
from recsys.ui.view_state import DEFAULT_K, ViewState, change, current, show_in

STORED = -1
"""The option of a context field that leaves it as it is stored."""
A_WIN = "a win for the combination"
USER, MOMENT, PICK, K, ACTIVE, KEEP, TRY = "user_text", "moment", "pick", "k", "active", "keep", "try"
"""The keys of the widgets."""


def show_reader(
    loaded: LoadedSet, user_id: int | None, as_of: int | None, *, at_least: int = 1, always: bool = False
) -> None:
    """Show another reader, with the same algorithms and a list of ``at_least`` so many. For callbacks of widgets.

    The moment and the context stay where the view says so, and are else the reader's own; ``always`` where it is this
    very visit that is to be seen.
    """
    before = current()
    view = replace(before, user_id=user_id, article=None, k=max(before.k, at_least))
    if before.keep and not always:
        change(view)
        return
    dropped = "Device, OS and country are this reader's own again. To keep yours, switch on “Keep context and clock”."
    change(
        replace(view, as_of=as_of_for(loaded, user_id) if as_of is None else as_of, overrides={}, keep=False),
        *([dropped] if before.overrides else []),
    )


@with_shown_set
def show_visit(loaded: LoadedSet, user_id: int, as_of: int) -> None:
    """Show a reader at this very moment."""
    show_reader(loaded, user_id, as_of, at_least=FIRST, always=True)


def as_of_for(loaded: LoadedSet, user_id: int | None) -> int | None:
    """The moment at which to look at a reader; None for the newest."""
    return None if user_id is None else cached.visits(loaded).moment(user_id)


def wall(time: int) -> datetime:
    """A moment in ms, to the minute, for widgets that know no time zones."""
    return datetime.fromtimestamp(time // 60_000 * 60, UTC).replace(tzinfo=None)


def from_wall(moment: datetime) -> int:
    """The same back again, ms."""
    return int(moment.replace(tzinfo=UTC).timestamp() * 1000)


def show_view(loaded: LoadedSet, view: ViewState) -> None:
    """Set the widgets to what the view says."""
    engine = loaded.engine
    show_in(USER, "" if view.user_id is None else str(engine.names.user(view.user_id)))
    show_in(MOMENT, wall(min(max(view.moment(engine), engine.start.time), engine.end)))
    show_in(K, view.k)
    show_in(KEEP, view.keep)
    show_in(ACTIVE, [name for name in engine.suggesting if name not in view.without])
    for field in OVERRIDABLE:
        show_in(f"context_{field}", view.overrides.get(field, STORED))


@with_shown_set
def type_reader(loaded: LoadedSet) -> None:
    """The reader whose id was typed; where there is none, a sentence, and everything stays."""
    text, view = st.session_state[USER].strip(), current()
    names = loaded.engine.names
    user_id = names.typed_user(text) if text else None
    still = "a new reader" if view.user_id is None else f"reader {names.user(view.user_id)}"
    if text and user_id is None:
        change(view, f"{text!r} is not a reader id: ids are whole numbers. This is still {still}.")
    elif user_id is not None and not loaded.engine.knows(user_id):
        change(view, f"Unknown reader {names.user(user_id)}. This is still {still}.")
    else:
        show_reader(loaded, user_id, None)


@with_shown_set
def pick(loaded: LoadedSet) -> None:
    """A reader at random, of the kind that was picked."""
    kind = st.session_state[PICK]
    if kind == A_WIN:
        visit = loaded.showcase[int(np.random.default_rng().integers(len(loaded.showcase)))]
        show_reader(loaded, visit.user_id, visit.as_of, at_least=FIRST)
        return
    visits = cached.visits(loaded)
    rows = visits.of_kind(kind)
    if not len(rows):
        change(current(), f"This set has no {kind} reader in its replay hours.")
        return
    row = int(np.random.default_rng().choice(rows))
    show_reader(loaded, int(visits.user_ids[row]), int(visits.moments[row]))


def set_moment() -> None:
    """The chosen moment; the reader's own where the field was emptied."""
    chosen = st.session_state[MOMENT]
    change(replace(current(), as_of=None if chosen is None else from_wall(chosen)))


def set_context(field: str) -> None:
    """One field of the context."""
    code, view = st.session_state[f"context_{field}"], current()
    others = {name: own for name, own in view.overrides.items() if name != field}
    both = others if code == STORED else {**others, field: code}
    change(replace(view, overrides={name: both[name] for name in OVERRIDABLE if name in both}))


def try_context(offered: Mapping[str, Mapping[str, int]]) -> None:
    """A whole context at once, by its label."""
    change(replace(current(), overrides=offered[st.session_state[TRY]]))


def set_algorithms(names: Sequence[str]) -> None:
    """Which algorithms are on."""
    on = st.session_state[ACTIVE]
    change(replace(current(), without=tuple(name for name in names if name not in on)))


def set_length() -> None:
    """How long the list is."""
    change(replace(current(), k=int(st.session_state[K])))


def set_keep() -> None:
    """Whether another reader is shown at the same moment and in the same context."""
    change(replace(current(), keep=bool(st.session_state[KEEP])))


@with_shown_set
def reset(loaded: LoadedSet) -> None:
    """The reader's own context and moment, every algorithm, ten articles, no policy."""
    view = current()
    as_of = as_of_for(loaded, view.user_id)
    change(replace(view, as_of=as_of, overrides={}, k=DEFAULT_K, without=(), policy=NO_POLICY, article=None))
