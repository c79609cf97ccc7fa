"""The articles and their clicks: the charts of Replay, and Data and models."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd

from recsys.ui.figures.shapes import SIGNS, Figure, Sign, by_label, by_mark, column, long
from recsys.ui.theme import theme_colour

CLOCK = "%H:%M"
HOURS = "utcyearmonthdatehours"
BARS = {"type": "bar", "binSpacing": 0.5}
MOST_BARS = 2_000
"""The hours of twelve weeks. More are an area: one shape, where bars would be as many."""
YEAR, MOST_DAYS = 365, 14
"""Days from which on an axis names the year; and how many it names."""
AS_WIDE = {"minExtent": 32}
"""Of the axes on the left, so that charts above each other have the same hours in the same places."""
PARTS = {"used for training": "blue", "held back for replay": "orange"}


def clicks(rows: pd.DataFrame) -> Figure:
    """Clicks by hour; columns ``hour``, ``clicks``, ``replayed``."""
    trained, replayed = PARTS
    drawn = rows.assign(label=rows["replayed"].map({False: trained, True: replayed}))
    legend = [Sign(colour, SIGNS["square"], label) for label, colour in PARTS.items()]
    told = [
        column("hour", "temporal", "Hour, UTC", timeUnit=HOURS, format="%-d %B %Y, %H:%M"),
        column("clicks", title="Clicks", format=","),
    ]
    days = (rows["hour"].max() - rows["hour"].min()) / pd.Timedelta(days=1)
    named = {"interval": "day", "step": max(1, math.ceil(days / MOST_DAYS))}
    along = {"format": "%-d %b" if days < YEAR else "%b %Y", "tickCount": named, "labelOverlap": "greedy"}
    spec = {
        "height": 260,
        "mark": BARS if len(rows) <= MOST_BARS else {"type": "area", "interpolate": "step"},
        "encoding": {
            "x": column("hour", "temporal", "hour, UTC", timeUnit=HOURS, axis=along),
            "y": column("clicks", title="clicks", axis={"format": ",d"}, stack=None),
            **by_label(legend),
            "tooltip": told,
        },
    }
    return Figure(drawn, spec, legend)


def clicks_by_minute(rows: pd.DataFrame, now: int) -> Figure:
    """An article's clicks through the day; columns ``moment``, ``clicks``. ``now`` is the moment of the clock, ms."""
    told = [
        column("moment", "temporal", "At (UTC)", timeUnit="utchoursminutes", format=CLOCK),
        column("clicks", title="Clicks"),
    ]
    drawn = {
        "mark": {"type": "line", "color": theme_colour("gray"), "strokeWidth": 1.5},
        "encoding": {"y": column("clicks", title="clicks a minute", axis=AS_WIDE), "tooltip": told},
    }
    return Figure(rows, {"height": 180, **_through_the_day(rows, drawn, now)})


def ranks(rows: pd.DataFrame, day: pd.DataFrame, now: int) -> Figure:
    """An article's rank in every list through the day; ``day`` and ``now`` as in ``clicks_by_minute``.

    ``rows``: columns ``moment``, ``clicks``, and one for each system.
    """
    systems = rows.columns.drop(["moment", "clicks"]).tolist()
    encodings, legend = by_mark(systems)
    told = [
        column("moment", "temporal", "At (UTC)", timeUnit="utchoursminutes", format=CLOCK),
        column("label", "nominal", "List"),
        column("value", title="Rank"),
    ]
    rank = column("value", title="rank", scale={"reverse": True, "zero": False}, axis=AS_WIDE | {"tickMinStep": 1})
    drawn = {
        "mark": {"type": "line", "strokeWidth": 1, "point": {"filled": True, "size": 60}},
        "encoding": {"y": rank, **encodings, "tooltip": told},
    }
    return Figure(long(rows, "moment", systems), {"height": 300, **_through_the_day(day, drawn, now)}, legend)


def _through_the_day(day: pd.DataFrame, drawn: dict[str, Any], now: int) -> dict[str, Any]:
    """Something along the same hours in several charts, and the clock as a line."""
    hours = {"type": "utc", "domain": [day["moment"].min().isoformat(), day["moment"].max().isoformat()]}
    along = column("moment", "temporal", "UTC", scale=hours, axis={"format": CLOCK})
    clock = {
        "data": {"values": [{"moment": now}]},
        "mark": {"type": "rule", "color": theme_colour("red"), "strokeWidth": 1.5},
    }
    return {"encoding": {"x": along}, "layer": [drawn, clock]}
