"""The clock of the page Replay: how its widgets move it."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from recsys.artifacts.store import LoadedSet
from recsys.core.types import MINUTE
from recsys.engine.engine import Engine
from recsys.ui.shown_set import with_shown_set
from recsys.ui.view_changes import from_wall
from recsys.ui.view_state import change, current, set_clock

CLOCK, PLAYING, FIRST_TICK = "clock", "playing", "first_tick"
"""The keys of the slider, of the switch, and of whether the clock has only just been set going."""
LEAD_IN, LEAD_OUT = 20 * MINUTE, 30 * MINUTE
"""A story plays from so long before its first click to so long after its peak."""


def within(engine: Engine, time: int) -> int:
    """The nearest moment in the replay hours, ms."""
    return min(max(time, engine.start.time), engine.end)


@with_shown_set
def move(loaded: LoadedSet, by: int) -> None:
    """Move the clock by so many ms."""
    engine = loaded.engine
    set_clock(within(engine, current().moment(engine) + by))


@with_shown_set
def move_to(loaded: LoadedSet, time: int) -> None:
    """Move the clock to a moment, ms."""
    set_clock(within(loaded.engine, time))


def slide() -> None:
    """Move the clock to where the slider is."""
    set_clock(from_wall(st.session_state[CLOCK]))


@with_shown_set
def play(loaded: LoadedSet, article_id: int | None) -> None:
    """Play a story: from just before it broke, in steps that show it rise."""
    view = current()
    chosen = view.article if article_id is None else article_id  # a click on the one that is chosen plays it again
    story = next((one for one in loaded.highlights.stories if one.article_id == chosen), None)
    if story is None:
        return
    start = within(loaded.engine, story.first_click - LEAD_IN)
    change(replace(view, as_of=start, article=story.article_id).with_choice("replay.pace", "10 min"))
    st.session_state[PLAYING] = True
