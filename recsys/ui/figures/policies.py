"""What a rule costs over its whole range."""

from __future__ import annotations

import pandas as pd

from recsys.core.entities import ENSEMBLE
from recsys.ui.figures.shapes import POINT, Figure, as_it_is, column
from recsys.ui.theme import chart_colour, theme_colour


def trade_off(rows: pd.DataFrame, now: str, bought: str, found: str) -> Figure:
    """A line from off to the strongest, each point with what the dial says, and the point of today marked.

    Args:
        rows: columns ``dial``, ``bought``, ``found``, in order.
        now: what the dial says today.
        bought: what the rule is there for, along the axis below.
        found: what is found, along the other.
    """
    is_now = (rows["dial"] == now).tolist()
    gray = theme_colour("gray")
    drawn = rows.assign(
        order=range(len(rows)),
        colour=[chart_colour(ENSEMBLE) if here else gray for here in is_now],
        shape=["diamond" if here else "circle" for here in is_now],
        size=[260 if here else 70 for here in is_now],
    )
    told = [
        column("dial", "nominal", "Slider"),
        column("bought", title=bought, format=".2f"),
        column("found", title=found, format=".1f"),
    ]
    spec = {
        "height": 340,
        "encoding": {
            "x": column("bought", title=bought, scale={"zero": False, "padding": 20}),
            "y": column("found", title=found, scale={"zero": False, "padding": 20}),
        },
        "layer": [
            {"mark": {"type": "line", "strokeWidth": 1, "color": gray}, "encoding": {"order": column("order")}},
            {
                "mark": POINT,
                "encoding": {
                    "color": as_it_is("colour"),
                    "shape": as_it_is("shape"),
                    "size": as_it_is("size"),
                    "tooltip": told,
                },
            },
            {"mark": {"type": "text", "dy": -16}, "encoding": {"text": column("dial", "nominal")}},
        ],
    }
    return Figure(drawn, spec)
