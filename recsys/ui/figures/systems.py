"""Systems side by side: the charts of the leaderboard."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import plotly.graph_objects as go

from recsys.core.entities import ENSEMBLE
from recsys.ui.figures.shapes import LEGEND_ABOVE, bars, in_rows, intervals
from recsys.ui.theme import chart_colour, look, theme_colour


def dots(rows: pd.DataFrame, value: str, axis: str) -> go.Figure:
    """One dot a system, in the order of the rows from the top, with an interval where there is one.

    Args:
        rows: columns ``system``, ``label``, ``published``, ``low``, ``high`` and the value.
        value: the column to show; ``low`` and ``high`` are of ``ndcg@20``.
        axis: what the column is called.
    """
    figure = go.Figure(
        go.Scatter(
            x=rows[value],
            y=rows["label"],
            mode="markers+text",
            text=[f"{one:.3f}" for one in rows[value]],
            textposition="top center",
            marker={
                "size": 12,
                "symbol": [
                    "circle-open" if published else look(system).symbol
                    for system, published in zip(rows["system"], rows["published"], strict=True)
                ],
                "color": [chart_colour(system) for system in rows["system"]],
            },
            error_x=intervals(rows, value) if value == "ndcg@20" else None,
            hovertemplate="%{y}: %{x:.4f}<extra></extra>",
            cliponaxis=False,
        )
    )
    figure.update_xaxes(tickformat=".2f")
    return in_rows(figure, len(rows), axis)


def lines(rows: pd.DataFrame, x: str, systems: Sequence[str], x_axis: str, y_axis: str) -> go.Figure:
    """One line a system over the column ``x``; the other columns are the systems."""
    figure = go.Figure()
    dashes = ("solid", "dash", "dot", "dashdot")
    grey = 0
    for system in systems:
        colour = chart_colour(system)
        is_grey = look(system).colour == "gray"
        grey += is_grey
        figure.add_scatter(
            x=rows[x],
            y=rows[system],
            name=look(system).label,
            mode="lines",
            line={"color": colour, "width": 2, "dash": dashes[grey % len(dashes)] if is_grey else "solid"},
        )
    figure.update_layout(height=380, hovermode="x unified", legend=LEGEND_ABOVE)
    figure.update_xaxes(title=x_axis)
    figure.update_yaxes(title=y_axis, rangemode="tozero")
    return figure


def points(rows: pd.DataFrame, x: str, y: str, x_axis: str, y_axis: str) -> go.Figure:
    """One labelled mark a system."""
    figure = go.Figure()
    for number, row in enumerate(rows.sort_values(x).to_dict("records")):
        figure.add_scatter(
            x=[row[x]],
            y=[row[y]],
            mode="markers+text",
            text=[row["label"]],
            textposition="bottom center" if number % 2 else "top center",
            marker={"size": 13, "symbol": look(row["system"]).symbol, "color": chart_colour(row["system"])},
            hovertemplate=f"{row['label']}<br>{x_axis} %{{x}}<br>{y_axis} %{{y:.4f}}<extra></extra>",
            showlegend=False,
            cliponaxis=False,
        )
    figure.update_layout(height=420, xaxis={"title": x_axis}, yaxis={"title": y_axis})
    return figure


def grouped(rows: pd.DataFrame, group: str, systems: Sequence[str], axis: str) -> go.Figure:
    """A row for each group with a mark of every system."""
    figure = go.Figure()
    for system in systems:
        figure.add_scatter(
            x=rows[system],
            y=rows[group],
            name=look(system).label,
            mode="markers",
            marker={"size": 12, "symbol": look(system).symbol, "color": chart_colour(system)},
            hovertemplate=f"{look(system).label}, %{{y}}: %{{x:.3f}}<extra></extra>",
        )
    figure.update_xaxes(rangemode="tozero")
    return in_rows(figure, len(rows), axis, row=44, room=140)


def by_age(rows: pd.DataFrame, value: str, axis: str, far_end: float, far_end_label: str, most: float) -> go.Figure:
    """A line over ages, with intervals, and the far end as a dashed line.

    Args:
        rows: columns ``age``, ``low``, ``high`` and the value, in order.
        value: the column to show.
        axis: what it is called.
        far_end: its value where everything is as old as can be.
        far_end_label: what that is.
        most: where the scale ends, so that several charts have the same.
    """
    figure = go.Figure()
    figure.add_scatter(
        x=rows["age"],
        y=rows[value],
        mode="lines+markers+text",
        name=look(ENSEMBLE).label,
        text=[f"{one:.3f}" for one in rows[value]],
        textposition="bottom right",
        error_y=intervals(rows, value),
        marker={"size": 10, "color": chart_colour(ENSEMBLE)},
        line_color=chart_colour(ENSEMBLE),
        cliponaxis=False,
    )
    figure.add_scatter(
        x=rows["age"],
        y=[far_end] * len(rows),
        mode="lines",
        name=far_end_label,
        line={"color": theme_colour("gray"), "dash": "dash"},
    )
    figure.update_layout(height=380, legend=LEGEND_ABOVE)
    short = [age.removeprefix("the request's ") for age in rows["age"]]
    figure.update_xaxes(tickvals=rows["age"], ticktext=short)
    figure.update_yaxes(title=axis, range=[0, most])
    return figure


def differences(rows: pd.DataFrame, axis: str) -> go.Figure:
    """A bar with an interval for each variant; columns ``label``, ``difference``, ``low``, ``high``."""
    colour = chart_colour(ENSEMBLE)
    return bars(rows, "label", "difference", axis, form="{:+.4f}", colours=colour, has_intervals=True)
