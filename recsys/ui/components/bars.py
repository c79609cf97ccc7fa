"""Rows of labelled bars: what a score is made of, and the difference of two.

A component of our own: a page that only needs bars need not load a library of charts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

import pandas as pd

from recsys.ui.browser import component, place
from recsys.ui.components import charts

_mount = component("bar_chart", ["dom", "bars", "bar_chart"], ["bars"])
ROW, REMARK = 31, 13
"""Height of a bar with its gap, and of the remark that some have, pixels."""


@dataclass(frozen=True)
class Bar:
    """A row: its label, a remark under it, its number in words, where the bar begins and ends on the scale.

    Its tone is ``up``, ``down`` or ``total``, or a colour of the theme.
    """

    label: str
    help: str
    text: str
    start: float
    end: float
    tone: str


def signed(label: str, value: float, start: float = 0.0) -> Bar:
    """A bar from ``start`` to the right for a positive value, to the left for a negative one."""
    return Bar(label, "", f"{value:+.2f}", start, start + value, "up" if value >= 0 else "down")


def scale(bars: Sequence[Bar]) -> tuple[float, float]:
    """From where to where all bars reach, zero included."""
    ends = [0.0, *(bar.start for bar in bars), *(bar.end for bar in bars)]
    return min(ends), max(ends)


def waterfall(facts: pd.DataFrame, start: float, end: float, most: int) -> list[Bar]:
    """From the score that every article starts with to an article's own, fact by fact.

    Args:
        facts: columns ``fact`` and ``adds``, the weightiest first.
        start: of every article.
        end: the article's score.
        most: so many facts have a bar of their own; the others share one.
    """
    bars, reached = [Bar("Every article", "", f"{start:.2f}", 0.0, start, "total")], start
    for name, adds in zip(facts["fact"].head(most), facts["adds"].head(most), strict=True):
        bars.append(signed(str(name), float(adds), start=reached))
        reached += float(adds)
    if len(facts) > most:
        bars.append(signed(f"{len(facts) - most} other facts", end - reached, start=reached))
    return [*bars, Bar("Score", "", f"{end:.2f}", 0.0, end, "total")]


def draw_table(
    rows: pd.DataFrame, label: str, value: str, description: str, name: str, most: int | None = None
) -> None:
    """Draw a column of a table as bars, with the table to unfold beneath.

    Args:
        rows: the table.
        label: the column of the names.
        value: the column of the lengths, whole numbers.
        description: for those who can't see them.
        name: of the file to download.
        most: so many rows have a bar; None for all.
    """
    first = rows if most is None else rows.head(most)
    pairs = zip(first[label], first[value], strict=True)
    draw([Bar(str(one), "", f"{count:,.0f}", 0, float(count), "orange") for one, count in pairs], description, name)
    charts.on_demand(lambda: rows, name)


def draw(bars: Sequence[Bar], description: str, key: str, limits: tuple[float, float] | None = None) -> None:
    """Draw bars on one scale, by default as wide as they need; ``description`` is for those who can't see them."""
    low, high = scale(bars) if limits is None else limits
    rows = [asdict(bar) for bar in bars]
    with place(key, ROW * len(bars) + REMARK * sum(bool(bar.help) for bar in bars)):
        _mount(key=key, data={"rows": rows, "low": low, "high": high, "description": description})
