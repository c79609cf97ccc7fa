"""Charts: Plotly in the theme's colours, each with its table beneath."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from recsys.ui.theme import chart_colour, look

ROW = 34
"""Height of a row of dots, pixels."""
CONFIG = {"displayModeBar": False}


def show(figure: go.Figure, said: str, rows: pd.DataFrame, name: str) -> None:
    """Draw a chart and, to be opened under it, its table.

    Args:
        figure: the chart.
        said: what it shows, for those who can't see it.
        rows: the table.
        name: of the file to download, and of the chart's place on the page.
    """
    figure.update_layout(margin={"l": 8, "r": 8, "t": 8, "b": 8}, hoverlabel={"namelength": -1})
    st.plotly_chart(figure, config=CONFIG, alt=said, key=f"chart_{name}")
    with st.expander("The same as a table"):
        table(rows, name)


def table(rows: pd.DataFrame, name: str) -> None:
    """A table and its download."""
    st.dataframe(rows, hide_index=True, key=f"table_{name}")
    download(rows, name)


def download(rows: pd.DataFrame, name: str) -> None:
    """A button for a table as CSV."""
    content = rows.to_csv(index=False).encode()
    st.download_button("Download as CSV", content, f"{name}.csv", "text/csv", icon=":material/download:", key=name)


def dots(rows: pd.DataFrame, value: str, axis: str) -> go.Figure:
    """One dot a system, the best on top, with an interval where there is one.

    Args:
        rows: columns ``system``, ``label``, ``published``, ``low``, ``high`` and the value.
        value: the column to show.
        axis: what the column is called.
    """
    rows = rows.dropna(subset=value).sort_values(value)
    figure = go.Figure()
    for row in rows.to_dict("records"):
        has_interval = value == "ndcg@20" and pd.notna(row["low"])
        figure.add_scatter(
            x=[row[value]],
            y=[row["label"]],
            mode="markers+text",
            text=[f"{row[value]:.3f}"],
            textposition="top center",
            marker={
                "size": 12,
                "symbol": "circle-open" if row["published"] else look(row["system"]).symbol,
                "color": chart_colour(row["system"]),
            },
            error_x={"array": [row["high"] - row[value]], "arrayminus": [row[value] - row["low"]], "type": "data"}
            if has_interval
            else None,
            hovertemplate="%{y}: %{x:.4f}<extra></extra>",
            showlegend=False,
        )
    figure.update_layout(height=90 + ROW * len(rows), xaxis={"title": axis, "tickformat": ".2f"})
    figure.update_yaxes(automargin=True, range=[-0.7, len(rows)])
    return figure


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
    figure.update_layout(
        height=380, xaxis={"title": x_axis}, yaxis={"title": y_axis, "rangemode": "tozero"}, hovermode="x unified"
    )
    figure.update_layout(legend={"orientation": "h", "y": 1.02, "yanchor": "bottom"})
    return figure


def points(rows: pd.DataFrame, x: str, y: str, x_axis: str, y_axis: str) -> go.Figure:
    """One labelled mark a system."""
    figure = go.Figure()
    for place, row in enumerate(rows.sort_values(x).to_dict("records")):
        figure.add_scatter(
            x=[row[x]],
            y=[row[y]],
            mode="markers+text",
            text=[row["label"]],
            textposition="bottom center" if place % 2 else "top center",
            marker={"size": 13, "symbol": look(row["system"]).symbol, "color": chart_colour(row["system"])},
            hovertemplate=f"{row['label']}<br>{x_axis} %{{x}}<br>{y_axis} %{{y:.4f}}<extra></extra>",
            showlegend=False,
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
    figure.update_layout(
        height=140 + 44 * len(rows),
        xaxis={"title": axis, "rangemode": "tozero"},
        yaxis={"autorange": "reversed", "automargin": True},
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom"},
    )
    return figure


def differences(rows: pd.DataFrame, axis: str) -> go.Figure:
    """A bar with an interval for each variant; columns ``label``, ``difference``, ``low``, ``high``."""
    figure = go.Figure()
    figure.add_bar(
        x=rows["difference"],
        y=rows["label"],
        orientation="h",
        marker_color=chart_colour("ensemble"),
        error_x={
            "array": rows["high"] - rows["difference"],
            "arrayminus": rows["difference"] - rows["low"],
            "type": "data",
        },
        hovertemplate="%{y}: %{x:+.4f}<extra></extra>",
    )
    figure.update_layout(
        height=90 + ROW * len(rows), xaxis={"title": axis}, yaxis={"autorange": "reversed", "automargin": True}
    )
    return figure
