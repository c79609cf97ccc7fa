"""The articles and their clicks: the charts of Replay, and Data and models."""

from __future__ import annotations

from typing import Any

import pandas as pd

from recsys.ui.figures.shapes import LEGEND, Figure, by_system, column, long
from recsys.ui.theme import theme_colour

CLOCK = "%H:%M"
HOURS = "utcyearmonthdatehours"
DAY_OR_HOUR = "utcFormat(datum.value, utchours(datum.value) ? '%H:%M' : '%-d %b')"
AS_WIDE = {"minExtent": 32}
"""Of the axes on the left, so that charts above each other have the same hours in the same places."""
PARTS = {"used for training": "blue", "held back for replay": "orange"}


def clicks(rows: pd.DataFrame) -> Figure:
    """Clicks by hour; columns ``hour``, ``clicks``, ``replayed``."""
    trained, replayed = PARTS
    drawn = rows.assign(label=rows["replayed"].map({False: trained, True: replayed}))
    scale = {"domain": list(PARTS), "range": [theme_colour(colour) for colour in PARTS.values()]}
    told = [
        column("hour", "temporal", "Hour, UTC", timeUnit=HOURS, format="%-d %B, %H:%M"),
        column("clicks", title="Clicks", format=","),
    ]
    spec = {
        "height": 300,
        "mark": {"type": "bar", "binSpacing": 0.5},
        "encoding": {
            "x": column("hour", "temporal", "hour, UTC", timeUnit=HOURS, axis={"labelExpr": DAY_OR_HOUR}),
            "y": column("clicks", title="clicks", axis={"format": ",d"}),
            "color": column("label", "nominal", scale=scale, legend=LEGEND),
            "tooltip": told,
        },
    }
    return Figure(drawn, spec)


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
    told = [
        column("moment", "temporal", "At (UTC)", timeUnit="utchoursminutes", format=CLOCK),
        column("label", "nominal", "List"),
        column("value", title="Rank"),
    ]
    rank = column("value", title="rank", scale={"reverse": True, "zero": False}, axis=AS_WIDE | {"tickMinStep": 1})
    drawn = {
        "mark": {"type": "line", "strokeWidth": 1, "point": {"filled": True, "size": 60}},
        "encoding": {"y": rank, **by_system(systems, "shape"), "tooltip": told},
    }
    return Figure(long(rows, "moment", systems), {"height": 340, **_through_the_day(day, drawn, now)})


def _through_the_day(day: pd.DataFrame, drawn: dict[str, Any], now: int) -> dict[str, Any]:
    """Something along the same hours in several charts, and the clock as a line."""
    hours = {"type": "utc", "domain": [day["moment"].min().isoformat(), day["moment"].max().isoformat()]}
    along = column("moment", "temporal", "UTC", scale=hours, axis={"format": CLOCK})
    clock = {
        "data": {"values": [{"moment": now}]},
        "mark": {"type": "rule", "color": theme_colour("red"), "strokeWidth": 1.5},
    }
    return {"encoding": {"x": along}, "layer": [drawn, clock]}
