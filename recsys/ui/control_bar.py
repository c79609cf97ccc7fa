"""The controls on top of a page: reader, moment, context, algorithms.

They show the view, and their callbacks change it.
"""

from __future__ import annotations

from datetime import timedelta
from enum import Enum

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from recsys.analysis.replay_visits import KINDS
from recsys.artifacts.store import LoadedSet
from recsys.core.timestamps import in_words
from recsys.data.dataset_settings import title
from recsys.engine.engine import LARGEST_K
from recsys.ui import cached, view_changes
from recsys.ui.browser import component
from recsys.ui.theme import LOOKS, capitalized, plain
from recsys.ui.view_state import ViewState, current

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
    view_changes.show_view(loaded, view)
    has_reader = controls is Controls.READER
    unchanged = "Stored" if has_reader and view.user_id is not None else "Unknown"
    with st.container(key="control_bar", gap="xsmall"):
        _mount_line(key="control_bar_line", data={"line": in_one_line(loaded, view, has_reader)})
        with st.container(key="control_bar_controls", gap="xsmall"):
            fields = cached.context_fields(loaded)
            widths = [*([84, 64] if has_reader else []), 148, *(102 for _ in fields), 112]
            columns = iter(st.columns(widths, gap="xsmall", vertical_alignment="bottom"))
            if has_reader:
                _reader(loaded, next(columns), next(columns))
            _clock(loaded, next(columns))
            for field in fields:
                _context(loaded, view, field, unchanged, next(columns))
            _algorithms(loaded, view, next(columns))
            with st.container(horizontal=True, vertical_alignment="center", gap="small", key="control_bar_more"):
                if has_reader:
                    st.toggle(
                        "Keep context and clock",
                        key=view_changes.KEEP,
                        on_change=view_changes.set_keep,
                        help="Show another reader at the same moment and in the same context.",
                    )
                if fields:
                    _try_context(loaded)
                st.button(
                    "Reset",
                    on_click=view_changes.reset,
                    icon=":material/restart_alt:",
                    type="tertiary",
                    key="reset",
                )
                _mount_copy_link(key="copy_link", width=110)


def in_one_line(loaded: LoadedSet, view: ViewState, has_reader: bool = True) -> str:
    """The view in a line, such as "Reader 12 · 19:10 on 10 October 2017 (UTC) · phone"."""
    who = "New reader" if view.user_id is None or not has_reader else f"Reader {loaded.engine.names.user(view.user_id)}"
    context = (loaded.engine.dataset.label(field, code) for field, code in view.overrides.items())
    off = (f"without {LOOKS[name].short}" for name in view.without)
    policy = [f"policy {view.policy.name or 'without a name'}"] if view.policy.rules else []
    return " · ".join([who, moment_in_words(loaded, view), *context, *off, *policy])


def moment_in_words(loaded: LoadedSet, view: ViewState) -> str:
    """The moment of the view, as a person writes it."""
    return in_words(view.moment(loaded.engine))


def _reader(loaded: LoadedSet, typed: DeltaGenerator, pick: DeltaGenerator) -> None:
    typed.text_input("Reader", key=view_changes.USER, placeholder="new reader", on_change=view_changes.type_reader)
    kinds = [*KINDS, *([view_changes.A_WIN] if loaded.showcase else [])]
    pick.menu_button(
        "Pick",
        kinds,
        key=view_changes.PICK,
        on_click=view_changes.pick,
        width="stretch",
        format_func=str.capitalize,
    )


def _clock(loaded: LoadedSet, place: DeltaGenerator) -> None:
    first, last = view_changes.wall(loaded.engine.start.time), view_changes.wall(loaded.engine.end)
    place.datetime_input(
        "Moment (UTC)",
        None,
        min_value=first,
        max_value=last,
        key=view_changes.MOMENT,
        step=timedelta(minutes=1),
        on_change=view_changes.set_moment,
    )


def _context(loaded: LoadedSet, view: ViewState, field: str, unchanged: str, place: DeltaGenerator) -> None:
    settings, known, chosen = loaded.engine.dataset, cached.codes(loaded, field), view.overrides.get(field)
    options = [view_changes.STORED, *known, *([chosen] if chosen is not None and chosen not in known else [])]
    labels = {code: settings.label(field, code) for code in options} | {view_changes.STORED: unchanged}
    place.selectbox(
        capitalized(title(field)),
        options,
        key=f"context_{field}",
        format_func=labels.__getitem__,
        on_change=view_changes.set_context,
        args=(field,),
        help="These names are inferred from how the codes occur together." if settings.is_inferred(field) else None,
    )


def _try_context(loaded: LoadedSet) -> None:
    """Device, OS and country at once: a menu of those that most readers have."""
    settings, offered = loaded.engine.dataset, cached.contexts(loaded)
    labels = [plain(" · ".join(settings.label(field, code) for field, code in one.items())) for one in offered]
    if not labels:
        return
    st.menu_button(
        "What if …",
        labels,
        key=view_changes.TRY,
        type="tertiary",
        on_click=view_changes.try_context,
        args=(dict(zip(labels, offered, strict=True)),),
    )


def _algorithms(loaded: LoadedSet, view: ViewState, place: DeltaGenerator) -> None:
    names = loaded.engine.suggesting
    on = len(names) - len(view.without)
    label = "Algorithms" if not view.without else f"{on} of {len(names)} on"
    with place.popover(label, width="stretch", help="Algorithms, and the length of the list"):
        st.pills(
            "Algorithms",
            names,
            selection_mode="multi",
            key=view_changes.ACTIVE,
            format_func=lambda name: LOOKS[name].label,
            on_change=view_changes.set_algorithms,
            args=(names,),
            help="Switch one off to see what the list would be without its suggestions.",
        )
        st.number_input("Length of the list", 1, LARGEST_K, key=view_changes.K, on_change=view_changes.set_length)
