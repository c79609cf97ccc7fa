"""The controls on top of a page: reader, moment, context, algorithms.

They show the view, and their callbacks change it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from enum import Enum

import numpy as np
import streamlit as st

from recsys.analysis.replay_visits import KINDS
from recsys.analysis.sample_visits import FIRST
from recsys.artifacts.store import LoadedSet
from recsys.core.entities import OVERRIDABLE
from recsys.core.numbers import whole_number
from recsys.core.timestamps import in_words
from recsys.data.dataset_settings import title
from recsys.engine.engine import LARGEST_K
from recsys.ui import cached
from recsys.ui.browser import component
from recsys.ui.theme import LOOKS
from recsys.ui.view_state import DEFAULT_K, ViewState, change, current

STORED = -1
"""The option of a context field that leaves it as it is stored."""
A_WIN = "a win for the combination"
USER, MOMENT, PICK, K, ACTIVE, KEEP, TRY = "user_text", "moment", "pick", "k", "active", "keep", "try"
"""The keys of the widgets."""
_mount_line = component("control_line", ["control_line"], ["control_line"])
_mount_copy_link = component("copy_link", ["copy_link"], ["control_line"])


class Controls(Enum):
    """What a page depends on: on a reader, on a reader whom nobody knows, or on neither."""

    READER = "reader"
    CONTEXT = "context"
    NONE = "none"


def draw(loaded: LoadedSet, controls: Controls) -> None:
    """Draw the controls that a page needs."""
    if controls is Controls.NONE:
        return
    view = current()
    _show(loaded, view)
    has_reader = controls is Controls.READER
    with st.container(key="control_bar", gap="xsmall"):
        _mount_line(key="control_bar_line", data={"line": in_one_line(loaded, view, has_reader)})
        with st.container(key="control_bar_controls", gap="xsmall"):
            widths = [84, 64, 148, 102, 102, 102, 112] if has_reader else [148, 102, 102, 102, 112]
            columns = iter(st.columns(widths, gap="xsmall", vertical_alignment="bottom"))
            if has_reader:
                _reader(loaded, next(columns), next(columns))
            _clock(loaded, next(columns))
            for field in OVERRIDABLE:
                _context(loaded, view, field, next(columns))
            _algorithms(loaded, view, next(columns))
            with st.container(horizontal=True, vertical_alignment="center", gap="small", key="control_bar_more"):
                if has_reader:
                    st.toggle(
                        "Keep context and clock",
                        key=KEEP,
                        on_change=_set_keep,
                        help="Show another reader at the same moment and in the same context.",
                    )
                _try_context(loaded)
                st.button(
                    "Reset",
                    on_click=_reset,
                    args=(loaded,),
                    icon=":material/restart_alt:",
                    type="tertiary",
                    key="reset",
                )
                _mount_copy_link(key="copy_link", width=110)


def in_one_line(loaded: LoadedSet, view: ViewState, has_reader: bool = True) -> str:
    """The view in a line, such as "Reader 12 · 19:10 on 10 October 2017 (UTC) · phone"."""
    who = "New reader" if view.user_id is None or not has_reader else f"Reader {view.user_id}"
    context = (loaded.engine.dataset.label(field, code) for field, code in view.overrides.items())
    off = (f"without {LOOKS[name].short}" for name in view.without)
    return " · ".join([who, moment_in_words(loaded, view), *context, *off])


def moment_in_words(loaded: LoadedSet, view: ViewState) -> str:
    """The moment of the view, as a person writes it."""
    return in_words(loaded.engine.end if view.as_of is None else view.as_of)


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


def as_of_for(loaded: LoadedSet, user_id: int | None) -> int | None:
    """The moment at which to look at a reader; None for the newest."""
    return None if user_id is None else cached.visits(loaded).moment(user_id)


def _reader(
    loaded: LoadedSet, typed: st.delta_generator.DeltaGenerator, pick: st.delta_generator.DeltaGenerator
) -> None:
    typed.text_input("Reader", key=USER, placeholder="new reader", on_change=_type_reader, args=(loaded,))
    kinds = [*KINDS, *([A_WIN] if loaded.showcase else [])]
    pick.menu_button(
        "Pick",
        kinds,
        key=PICK,
        on_click=_pick,
        args=(loaded,),
        width="stretch",
        format_func=str.capitalize,
    )


def _clock(loaded: LoadedSet, place: st.delta_generator.DeltaGenerator) -> None:
    first, last = wall(loaded.engine.start.time), wall(loaded.engine.end)
    place.datetime_input(
        "Moment (UTC)",
        None,
        min_value=first,
        max_value=last,
        key=MOMENT,
        step=timedelta(minutes=1),
        on_change=_set_moment,
    )


def _context(loaded: LoadedSet, view: ViewState, field: str, place: st.delta_generator.DeltaGenerator) -> None:
    settings, known, chosen = loaded.engine.dataset, cached.codes(loaded, field), view.overrides.get(field)
    options = [STORED, *known, *([chosen] if chosen is not None and chosen not in known else [])]
    labels = {code: "Stored" if code == STORED else settings.label(field, code) for code in options}
    name = title(field)
    place.selectbox(
        name[0].upper() + name[1:],
        options,
        key=f"context_{field}",
        format_func=labels.__getitem__,
        on_change=_set_context,
        args=(field,),
        help="These names are inferred from how the codes occur together." if settings.is_inferred(field) else None,
    )


def _try_context(loaded: LoadedSet) -> None:
    """Device, OS and country at once: a menu of those that most readers have."""
    settings, offered = loaded.engine.dataset, cached.contexts(loaded)
    labels = [" · ".join(settings.label(field, code) for field, code in one.items()) for one in offered]
    if not labels:
        return
    st.menu_button(
        "What if …",
        labels,
        key=TRY,
        type="tertiary",
        on_click=lambda: change(replace(current(), overrides=offered[labels.index(st.session_state[TRY])])),
    )


def _algorithms(loaded: LoadedSet, view: ViewState, place: st.delta_generator.DeltaGenerator) -> None:
    names = list(loaded.engine.start.retrievers)
    on = len(names) - len(view.without)
    label = "Algorithms" if not view.without else f"{on} of {len(names)} on"
    with place.popover(label, width="stretch", help="Algorithms, and the length of the list"):
        st.pills(
            "Algorithms",
            names,
            selection_mode="multi",
            key=ACTIVE,
            format_func=lambda name: LOOKS[name].label,
            on_change=_set_algorithms,
            args=(names,),
            help="Switch one off to see what the list would be without its suggestions.",
        )
        st.number_input("Length of the list", 1, LARGEST_K, key=K, on_change=_set_length)


def _show(loaded: LoadedSet, view: ViewState) -> None:
    """Set the widgets to what the view says."""
    state = st.session_state
    state[USER] = "" if view.user_id is None else str(view.user_id)
    as_of = loaded.engine.end if view.as_of is None else view.as_of
    state[MOMENT] = wall(min(max(as_of, loaded.engine.start.time), loaded.engine.end))
    state[K], state[KEEP] = view.k, view.keep
    state[ACTIVE] = [name for name in loaded.engine.start.retrievers if name not in view.without]
    for field in OVERRIDABLE:
        state[f"context_{field}"] = view.overrides.get(field, STORED)


def wall(time: int) -> datetime:
    """A moment in ms, to the minute, for widgets that know no time zones."""
    return datetime.fromtimestamp(time // 60_000 * 60, UTC).replace(tzinfo=None)


def from_wall(moment: datetime) -> int:
    """The same back again, ms."""
    return int(moment.replace(tzinfo=UTC).timestamp() * 1000)


def _type_reader(loaded: LoadedSet) -> None:
    text, view = st.session_state[USER].strip(), current()
    user_id = whole_number(text)
    still = "a new reader" if view.user_id is None else f"reader {view.user_id}"
    if text and user_id is None:
        change(view, f"{text!r} is not a reader id: ids are whole numbers. This is still {still}.")
    elif user_id is not None and not loaded.engine.knows(user_id):
        change(view, f"Unknown reader {user_id}. This is still {still}.")
    else:
        show_reader(loaded, user_id, None)


def _pick(loaded: LoadedSet) -> None:
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


def _set_moment() -> None:
    """The chosen moment; the reader's own where the field was emptied."""
    chosen = st.session_state[MOMENT]
    change(replace(current(), as_of=None if chosen is None else from_wall(chosen)))


def _set_context(field: str) -> None:
    code, view = st.session_state[f"context_{field}"], current()
    others = {name: own for name, own in view.overrides.items() if name != field}
    both = others if code == STORED else {**others, field: code}
    change(replace(view, overrides={name: both[name] for name in OVERRIDABLE if name in both}))


def _set_algorithms(names: Sequence[str]) -> None:
    on = st.session_state[ACTIVE]
    change(replace(current(), without=tuple(name for name in names if name not in on)))


def _set_length() -> None:
    change(replace(current(), k=int(st.session_state[K])))


def _set_keep() -> None:
    change(replace(current(), keep=bool(st.session_state[KEEP])))


def _reset(loaded: LoadedSet) -> None:
    """The reader's own context and moment, every algorithm, ten articles."""
    view = current()
    as_of = as_of_for(loaded, view.user_id)
    change(replace(view, as_of=as_of, overrides={}, k=DEFAULT_K, without=(), article=None))
