"""The shapes of charts that several pages have: rows of bars, and their layout."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import plotly.graph_objects as go

from recsys.ui.theme import theme_colour

ROW = 34
"""Height of a row, pixels."""
LEGEND_ABOVE = {"orientation": "h", "y": 1.02, "yanchor": "bottom"}


def in_rows(figure: go.Figure, rows: int, axis: str, row: int = ROW, room: int = 90) -> go.Figure:
    """Lay a figure out as labelled rows, the first on top; ``room`` is for axis and legend, pixels."""
    figure.update_layout(height=room + row * rows, xaxis={"title": axis}, legend=LEGEND_ABOVE)
    figure.update_yaxes(autorange="reversed", automargin=True)
    return figure


def intervals(rows: pd.DataFrame, value: str) -> dict[str, object]:
    """Error bars from the columns ``low`` and ``high``."""
    return {
        "type": "data",
        "array": rows["high"] - rows[value],
        "arrayminus": rows[value] - rows["low"],
        "color": theme_colour("gray"),  # of itself it is black, in a dark theme too
    }


def bars(
    rows: pd.DataFrame,
    label: str,
    value: str,
    axis: str,
    *,
    form: str = "{:,.0f}",
    colours: str | Sequence[str] | None = None,
    has_intervals: bool = False,
) -> go.Figure:
    """One bar a row, its number beside it, or with an interval where the rows have one.

    Args:
        rows: the table.
        label: the column of the names.
        value: the column of the lengths.
        axis: what the lengths are.
        form: how a number is written.
        colours: of all bars, or of each.
        has_intervals: draw the columns ``low`` and ``high`` instead of the numbers.
    """
    texts = [form.format(one) for one in rows[value]]
    figure = go.Figure(
        go.Bar(
            y=rows[label],
            x=rows[value],
            orientation="h",
            text=None if has_intervals else texts,
            customdata=texts,
            error_x=intervals(rows, value) if has_intervals else None,
            marker_color=theme_colour("orange") if colours is None else colours,
            hovertemplate="%{y}: %{customdata}<extra></extra>",
        )
    )
    return in_rows(figure, len(rows), axis)
