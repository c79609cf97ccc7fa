"""What figures are made of: columns along an axis, and how systems look."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from recsys.ui.theme import chart_colour, look, theme_colour

ROW = 34
"""Height of a row, pixels."""
LEGEND = {"orient": "top", "title": None, "direction": "horizontal", "columns": {"expr": "max(1, floor(width / 150))"}}
SHAPES = {
    "pentagon": "M0,-1L0.95,-0.31L0.59,0.81L-0.59,0.81L-0.95,-0.31Z",
    "hexagon": "M0,-1L0.87,-0.5L0.87,0.5L0,1L-0.87,0.5L-0.87,-0.5Z",
    "star": "M0,-1L0.24,-0.32L0.95,-0.31L0.38,0.12L0.59,0.81L0,0.4L-0.59,0.81L-0.38,0.12L-0.95,-0.31L-0.24,-0.32Z",
}
"""Marks that Vega does not have, as paths."""
VEGA_SHAPES = (
    "circle",
    "square",
    "cross",
    "diamond",
    "triangle-up",
    "triangle-down",
    "triangle-left",
    "triangle-right",
)
DASHES = ([1, 0], [6, 4], [2, 3], [8, 3, 2, 3])

Encoding = dict[str, Any]


@dataclass(frozen=True)
class Figure:
    """A chart: its rows, and what is drawn of them, as a Vega-Lite specification without data."""

    rows: pd.DataFrame
    spec: Mapping[str, Any]


def column(name: str, kind: str = "quantitative", title: str | None = None, **more: object) -> Encoding:
    """A column of the rows, along an axis or told of a mark; other arguments are Vega-Lite's."""
    escaped = name.replace("\\", "\\\\").replace(".", "\\.").replace("[", "\\[").replace("]", "\\]")
    return {"field": escaped, "type": kind, "title": title, **more}


def names(rows: pd.DataFrame, name: str = "label") -> Encoding:
    """The names of a chart's rows, in the order of the table from the top."""
    return column(name, "nominal", sort=rows[name].drop_duplicates().tolist())


def as_it_is(name: str) -> Encoding:
    """A column that holds colours or shapes."""
    return column(name, "nominal", scale=None, legend=None)


def shape(system: str) -> str:
    """The mark of a system; one that Vega can't draw is a circle."""
    symbol = look(system).symbol
    return symbol if symbol in VEGA_SHAPES else SHAPES.get(symbol, "circle")


def looks(systems: Sequence[str]) -> pd.DataFrame:
    """Name, colour and mark of each system: columns ``label``, ``colour``, ``shape``."""
    return pd.DataFrame(
        {
            "label": [look(system).label for system in systems],
            "colour": [chart_colour(system) for system in systems],
            "shape": [shape(system) for system in systems],
        }
    )


def long(rows: pd.DataFrame, by: str, systems: Sequence[str]) -> pd.DataFrame:
    """A row for each value of a system: columns ``by``, ``label``, ``value``."""
    labels = {system: look(system).label for system in systems}
    columns = rows[[by, *systems]].rename(columns=labels)
    return columns.melt(by, var_name="label")


def by_system(systems: Sequence[str], channel: str) -> Encoding:
    """A colour for each system, and a ``shape`` or a ``strokeDash``: the grey ones differ in it; one legend for all."""
    known = looks(systems)
    is_grey = [look(system).colour == "gray" for system in systems]
    dashes = [DASHES[sum(is_grey[: at + 1]) % len(DASHES)] if grey else DASHES[0] for at, grey in enumerate(is_grey)]
    told = {"color": known["colour"].tolist(), "shape": known["shape"].tolist(), "strokeDash": dashes}
    domain = known["label"].tolist()
    return {
        one: column("label", "nominal", scale={"domain": domain, "range": told[one]}, legend=LEGEND)
        for one in ("color", channel)
    }


def interval(along: str, title: str, **more: Encoding) -> dict[str, Any]:
    """A line along an axis, from the columns ``low`` to ``high`` where a row has them; ``more`` says in which row."""
    return {
        "transform": [{"filter": "isValid(datum.low) && isValid(datum.high)"}],
        "mark": {"type": "rule", "color": theme_colour("gray"), "strokeWidth": 1.5},
        "encoding": {along: column("low", title=title), f"{along}2": {"field": "high"}, **more},
    }
