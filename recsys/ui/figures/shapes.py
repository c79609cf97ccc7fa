"""What figures are made of: columns along an axis, and how systems look."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import cycle
from typing import Any

import pandas as pd

from recsys.ui.theme import chart_colour, look, theme_colour

ROW = 34
"""Height of a row, pixels."""
AXIS = 60
"""Height of an axis with its title, pixels."""
SHAPES = {
    "pentagon": "M0,-1L0.95,-0.31L0.59,0.81L-0.59,0.81L-0.95,-0.31Z",
    "hexagon": "M0,-1L0.87,-0.5L0.87,0.5L0,1L-0.87,0.5L-0.87,-0.5Z",
    "star": "M0,-1L0.24,-0.32L0.95,-0.31L0.38,0.12L0.59,0.81L0,0.4L-0.59,0.81L-0.38,0.12L-0.95,-0.31L-0.24,-0.32Z",
}
"""Marks that Vega does not have, as paths."""
SIGNS = {
    "circle": "●",
    "square": "■",
    "cross": "✚",
    "diamond": "◆",
    "triangle-up": "▲",
    "triangle-down": "▼",
    "pentagon": "⬟",
    "hexagon": "⬢",
    "star": "★",
}
"""What a mark looks like in a line of text."""
DASHES = {"━": [1, 0], "╍": [6, 4], "┅": [2, 3], "┉": [8, 3, 2, 3]}
"""Lines, by what they look like in a line of text: the first one is solid."""

POINT: dict[str, Any] = {"type": "point", "filled": True, "size": 110, "opacity": 1}
"""A mark as large as charts of systems have them."""

Encoding = dict[str, Any]


@dataclass(frozen=True)
class Sign:
    """What stands for something in a chart: a character in a colour of the theme."""

    colour: str
    character: str
    label: str


@dataclass(frozen=True)
class Figure:
    """A chart.

    Attributes:
        rows: its data.
        spec: what is drawn of them, in Vega-Lite.
        legend: what its signs mean. It stands outside, where it wraps on a narrow screen.
    """

    rows: pd.DataFrame
    spec: Mapping[str, Any]
    legend: Sequence[Sign] = ()

    @property
    def height(self) -> int:
        """In pixels, about: one that is made of rows has an axis beneath them."""
        height = self.spec["height"]
        if isinstance(height, int):
            return height
        return AXIS + int(height["step"]) * len(self.spec["encoding"]["y"]["sort"])


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


def symbol(system: str) -> str:
    """The name of a system's mark; one that can't be drawn here is a circle."""
    found = look(system).symbol
    return found if found in SIGNS else "circle"


def shape(system: str) -> str:
    """A system's mark, for Vega."""
    return SHAPES.get(symbol(system), symbol(system))


def with_looks(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows with the colour and the mark of their ``system``: columns ``colour``, ``shape``."""
    systems = rows["system"].tolist()
    return rows.assign(colour=[*map(chart_colour, systems)], shape=[*map(shape, systems)])


def long(rows: pd.DataFrame, by: str, systems: Sequence[str]) -> pd.DataFrame:
    """A row for each value of a system: columns ``by``, ``label``, ``value``."""
    labels = {system: look(system).label for system in systems}
    columns = rows[[by, *systems]].rename(columns=labels)
    return columns.melt(by, var_name="label")


def by_mark(systems: Sequence[str]) -> tuple[dict[str, Encoding], list[Sign]]:
    """A colour and a mark for each system, by the column ``label``; and what they mean."""
    legend = _signs(systems, [SIGNS[symbol(system)] for system in systems])
    return by_label(legend, shape=[shape(system) for system in systems]), legend


def by_line(systems: Sequence[str]) -> tuple[dict[str, Encoding], list[Sign]]:
    """A colour for each system, and lines by which grey ones differ; and what they mean."""
    solid, *dashed = DASHES
    others = cycle([*dashed, solid])
    kinds = [next(others) if look(system).colour == "gray" else solid for system in systems]
    legend = _signs(systems, [2 * kind for kind in kinds])
    return by_label(legend, strokeDash=[DASHES[kind] for kind in kinds]), legend


def by_label(legend: Sequence[Sign], **values: Sequence[object]) -> dict[str, Encoding]:
    """The colour of each sign, and its value in other channels, by the column ``label``."""
    told = {"color": [theme_colour(one.colour) for one in legend], **values}
    labels = [one.label for one in legend]
    return {
        channel: column("label", "nominal", scale={"domain": labels, "range": some}, legend=None)
        for channel, some in told.items()
    }


def _signs(systems: Sequence[str], characters: Sequence[str]) -> list[Sign]:
    known = zip(map(look, systems), characters, strict=True)
    return [Sign(one.colour, character, one.label) for one, character in known]


def interval(along: str, title: str, **more: Encoding) -> dict[str, Any]:
    """A line along an axis, from the columns ``low`` to ``high`` where a row has them; ``more`` says in which row."""
    return {
        "transform": [{"filter": "isValid(datum.low) && isValid(datum.high)"}],
        "mark": {"type": "rule", "color": theme_colour("gray"), "strokeWidth": 1.5},
        "encoding": {along: column("low", title=title), f"{along}2": {"field": "high"}, **more},
    }
