"""Systems side by side: the charts of the leaderboard."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from recsys.core.entities import ENSEMBLE
from recsys.ui.figures.shapes import (
    DASHES,
    POINT,
    ROW,
    Figure,
    as_it_is,
    by_line,
    by_mark,
    column,
    interval,
    long,
    names,
    with_looks,
)
from recsys.ui.theme import chart_colour, look, theme_colour


def dots(rows: pd.DataFrame, value: str, axis: str) -> Figure:
    """One dot a system, in the order of the rows from the top, with an interval where there is one.

    Args:
        rows: columns ``system``, ``label``, ``published``, ``low``, ``high`` and the value.
        value: the column to show; ``low`` and ``high`` are of ``ndcg@20``.
        axis: what the column is called.
    """
    along = column(value, title=axis, scale={"zero": False, "nice": True}, axis={"format": ".2f", "tickCount": 8})
    told = [column("label", "nominal", "System"), column(value, title=axis, format=".4f")]
    encoding = {"x": along, "color": as_it_is("colour"), "tooltip": told}
    spec = {
        "height": {"step": ROW},
        "encoding": {"y": names(rows)},
        "layer": [
            *([interval("x", axis)] if value == "ndcg@20" else []),
            {
                "transform": [{"filter": "!datum.published"}],
                "mark": POINT,
                "encoding": encoding | {"shape": as_it_is("shape")},
            },
            {
                "transform": [{"filter": "datum.published"}],
                "mark": POINT | {"filled": False},
                "encoding": encoding,
            },
            {"mark": {"type": "text", "dy": -12}, "encoding": {"x": along, "text": column(value, format=".3f")}},
        ],
    }
    return Figure(with_looks(rows), spec)


def lines(rows: pd.DataFrame, x: str, systems: Sequence[str], x_axis: str, y_axis: str) -> Figure:
    """One line a system over a column of whole numbers, ``x``; the other columns are the systems."""
    encodings, legend = by_line(systems)
    along = column(x, title=x_axis, scale={"zero": False, "nice": False}, axis={"tickMinStep": 1, "format": "d"})
    told = [column(look(system).label, title=look(system).label, format=".3~f") for system in systems]
    spec = {
        "height": 340,
        "encoding": {"x": along},
        "layer": [
            {
                "mark": {"type": "line", "strokeWidth": 2},
                "encoding": {"y": column("value", title=y_axis), **encodings},
            },
            under_the_pointer([x], [column(x, title=x_axis), *told]),
        ],
    }
    return Figure(long(rows, x, systems), spec, legend)


def under_the_pointer(along: list[str], told: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """A line where the pointer is, which tells what all systems have there."""
    seen = {"type": "point", "on": "pointerover", "nearest": True, "fields": along, "clear": "pointerout"}
    return {
        "transform": [{"pivot": "label", "value": "value", "groupby": along}],
        "mark": {"type": "rule", "color": theme_colour("gray")},
        "params": [{"name": "seen", "select": seen}],
        "encoding": {
            "opacity": {"condition": {"param": "seen", "empty": False, "value": 0.5}, "value": 0},
            "tooltip": told,
        },
    }


def points(rows: pd.DataFrame, x: str, y: str, x_axis: str, y_axis: str) -> Figure:
    """One labelled mark a system."""
    drawn = with_looks(rows).sort_values(x)
    drawn["below"] = [number % 2 == 1 for number in range(len(drawn))]  # so that neighbours' names do not meet
    told = [
        column("label", "nominal", "System"),
        column(x, title=x_axis, format=".4~r"),
        column(y, title=y_axis, format=".4f"),
    ]
    spec = {
        "height": 420,
        "encoding": {
            "x": column(x, title=x_axis, scale={"zero": False, "nice": False, "padding": 24}),
            "y": column(y, title=y_axis, scale={"zero": False, "nice": False, "padding": 24}),
        },
        "layer": [
            {
                "mark": POINT | {"size": 130},
                "encoding": {"color": as_it_is("colour"), "shape": as_it_is("shape"), "tooltip": told},
            },
            *(
                {
                    "transform": [{"filter": f"datum.below == {below}"}],
                    "mark": {"type": "text", "dy": 18 if below == "true" else -16},
                    "encoding": {"text": column("label", "nominal")},
                }
                for below in ("true", "false")
            ),
        ],
    }
    return Figure(drawn, spec)


def grouped(rows: pd.DataFrame, group: str, systems: Sequence[str], axis: str) -> Figure:
    """A row for each group with a mark of every system."""
    encodings, legend = by_mark(systems)
    told = [
        column("label", "nominal", "System"),
        column(group, "nominal", "Of"),
        column("value", title=axis, format=".3f"),
    ]
    spec = {
        "height": {"step": 40},
        "mark": POINT,
        "encoding": {
            "x": column("value", title=axis, scale={"zero": True}),
            "y": names(rows, group),
            **encodings,
            "tooltip": told,
        },
    }
    return Figure(long(rows, group, systems), spec, legend)


def by_age(rows: pd.DataFrame, value: str, axis: str, far_end: float, far_end_label: str, most: float) -> Figure:
    """A line over ages, with intervals, and the far end as a dashed line.

    Args:
        rows: columns ``age``, ``low``, ``high`` and the value, in order.
        value: the column to show.
        axis: what it is called.
        far_end: its value where everything is as old as can be.
        far_end_label: what that is.
        most: where the scale ends, so that several charts have the same.
    """
    drawn = rows.assign(age=rows["age"].str.removeprefix("the request's "))
    colour, gray = chart_colour(ENSEMBLE), theme_colour("gray")
    ages = column("age", "ordinal", sort=None, axis={"labelAngle": 0, "labelExpr": "split(datum.label, ' ')"})
    height = column(value, title=axis, scale={"domain": [0, most]}, axis={"tickCount": 5})
    told = [column("age", "nominal", "Age"), column(value, title=axis, format=".4f")]
    spec = {
        "height": 340,
        "layer": [
            interval("y", axis, x=ages),
            {
                "mark": {"type": "line", "color": colour, "point": {"color": colour, "size": 80}},
                "encoding": {"x": ages, "y": height, "tooltip": told},
            },
            {
                "mark": {"type": "text", "dy": 14, "dx": 5, "align": "left"},
                "encoding": {"x": ages, "y": height, "text": column(value, format=".3f")},
            },
            {
                "data": {"values": [{"label": f"{far_end_label}: {far_end:.3f}", "value": far_end}]},
                "encoding": {"y": column("value", title=axis)},
                "layer": [
                    {"mark": {"type": "rule", "strokeDash": DASHES["╍"], "color": gray}},
                    {
                        "mark": {"type": "text", "align": "left", "dy": -8},
                        "encoding": {"x": {"value": 4}, "text": column("label", "nominal")},
                    },
                ],
            },
        ],
    }
    return Figure(drawn, spec)


def differences(rows: pd.DataFrame, axis: str) -> Figure:
    """A bar with an interval for each variant; columns ``label``, ``difference``, ``low``, ``high``."""
    told = [column("label", "nominal", "Variant"), column("difference", title=axis, format="+.4f")]
    spec = {
        "height": {"step": ROW},
        "encoding": {"y": names(rows)},
        "layer": [
            {
                "mark": {"type": "bar", "color": chart_colour(ENSEMBLE)},
                "encoding": {"x": column("difference", title=axis), "tooltip": told},
            },
            interval("x", axis),
        ],
    }
    return Figure(rows, spec)
