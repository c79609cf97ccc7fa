"""The life of a story: how often it was opened through the day, what happened when, and where the clock stands.

A component of our own: a page that only needs bars need not load a library of charts.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Literal

import streamlit as st

from recsys.core.types import Longs
from recsys.ui.browser import component, place
from recsys.ui.words import clock_time

_mount = component("story", ["dom", "story"], ["story"])
HEIGHT = 194
TICKS = 6


@dataclass(frozen=True)
class Mark:
    """What happened at a moment, ms."""

    time: int
    label: str
    tone: Literal["event", "listed"] = "event"


def draw(
    edges: Longs,
    counts: Longs,
    marks: Sequence[Mark],
    now: int,
    on_move: Callable[[int], None],
    description: str,
    key: str = "story",
) -> None:
    """Draw the clicks between each two edges, ms; ``on_move`` is called with the moment that was clicked.

    ``description`` is for those who can't see it.
    """
    start, end = int(edges[0]), int(edges[-1])
    ticks = [start + (end - start) * number // TICKS for number in range(TICKS + 1)]
    data = {
        "start": start,
        "end": end,
        "counts": counts.tolist(),
        "marks": [asdict(mark) for mark in sorted(marks, key=lambda one: one.time)],
        "now": min(max(now, start), end),
        "hours": [(time, clock_time(time)) for time in ticks],
        "description": description,
    }
    with place(key, HEIGHT):
        _mount(key=key, data=data, on_moved_change=lambda: on_move(int(st.session_state[key]["moved"])))
