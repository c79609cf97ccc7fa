"""Charts: Plotly in the theme's colours, each with its table beneath."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from recsys.ui.theme import chart_colour, look

ROW = 34
"""Height of a row of dots, pixels."""
CONFIG = {"displayModeBar": False}


def show(
    figure: go.Figure,
    said: str,
    rows: pd.DataFrame,
    name: str,
    on_pick: Callable[[int], None] | None = None,
) -> None:
    """Draw a chart and, to be opened under it, its table.

    Args:
        figure: the chart.
        said: what it shows, for those who can't see it.
        rows: the table.
        name: of the file to download, and of the chart's place on the page.
        on_pick: called with the first entry of the custom data of a mark that is clicked.
    """
    figure.update_layout(margin={"l": 8, "r": 8, "t": 8, "b": 8}, hoverlabel={"namelength": -1})
    key = f"chart_{name}"

    def picked() -> None:
        points = st.session_state[key]["selection"]["points"]
        if points and on_pick is not None:
            on_pick(int(points[0]["customdata"][0]))

    if on_pick is None:
        st.plotly_chart(figure, config=CONFIG, alt=said, key=key)
    else:
        st.plotly_chart(figure, config=CONFIG, alt=said, key=key, on_select=picked, selection_mode="points")
    with st.expander("The same as a table"):
        table(rows, name)


def table(rows: pd.DataFrame, name: str, columns: Mapping[str, Any] | None = None) -> None:
    """A table and its download; ``columns`` are Streamlit's settings of columns by name."""
    st.dataframe(rows, hide_index=True, key=f"table_{name}", column_config=columns)
    download(rows, name)


def download(rows: pd.DataFrame, name: str) -> None:
    """A button for a table as CSV."""
    content = rows.to_csv(index=False).encode()
    file = f"{name}.csv"
    st.download_button("Download as CSV", content, file, "text/csv", icon=":material/download:", key=f"download_{name}")


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


def contributions(rows: pd.DataFrame) -> go.Figure:
    """Bars of what each retriever proposed of the final list, what it had among its own first ones darker."""
    labels = [look(system).label for system in rows["system"]]
    colours = [chart_colour(system) for system in rows["system"]]
    figure = go.Figure()
    further = rows["in_final_list"] - rows["in_first"]
    parts = (("among its own first", rows["in_first"], 1.0), ("further down its list", further, 0.45))
    for name, counts, opacity in parts:
        figure.add_bar(
            x=counts,
            y=labels,
            name=name,
            orientation="h",
            marker={"color": colours, "opacity": opacity},
            hovertemplate=f"%{{y}}, {name}: %{{x}}<extra></extra>",
        )
    figure.update_layout(
        barmode="stack",
        height=120 + ROW * len(rows),
        xaxis={"title": "articles of the final list", "dtick": max(1, int(rows["in_final_list"].max()) // 5)},
        yaxis={"autorange": "reversed", "automargin": True},
        showlegend=False,
    )
    return figure


def matrix(rows: pd.DataFrame) -> go.Figure:
    """Counts as a heat map with the numbers in the cells; labels are systems."""
    labels = [look(system).short for system in rows.index]
    figure = go.Figure(
        go.Heatmap(
            z=rows.to_numpy(),
            x=labels,
            y=labels,
            text=rows.to_numpy(),
            texttemplate="%{text}",
            showscale=False,
            hovertemplate="%{y} and %{x}: %{z}<extra></extra>",
        )
    )
    figure.update_layout(height=120 + ROW * len(rows), yaxis={"autorange": "reversed"})
    return figure


def waterfall(facts: pd.DataFrame, start: float, end: float, most: int) -> go.Figure:
    """From a start to a score, fact by fact; columns ``fact`` and ``adds``, the weightiest first."""
    first = facts.head(most)
    rest = facts["adds"].iloc[most:].sum()
    labels = ["Every article", *first["fact"], f"{len(facts) - len(first)} other facts", "Score"]
    figure = go.Figure(
        go.Waterfall(
            y=labels,
            x=[start, *first["adds"], rest, end],
            measure=["absolute", *["relative"] * (len(first) + 1), "total"],
            orientation="h",
            text=[f"{start:.2f}", *[f"{value:+.2f}" for value in [*first["adds"], rest]], f"{end:.2f}"],
            textposition="outside",
            cliponaxis=False,
            hovertemplate="%{y}: %{text}<extra></extra>",
        )
    )
    figure.update_layout(
        height=90 + ROW * len(labels),
        xaxis={"title": "score"},
        yaxis={"autorange": "reversed", "automargin": True},
        showlegend=False,
    )
    return figure


def balance(versus: pd.DataFrame, most: int) -> go.Figure:
    """What speaks for the one and for the other; columns ``fact`` and ``difference``, the weightiest first."""
    first = versus.head(most)
    figure = go.Figure(
        go.Bar(
            y=first["fact"],
            x=first["difference"],
            orientation="h",
            text=[f"{value:+.2f}" for value in first["difference"]],
            marker_color=[chart_colour("item_cf" if value > 0 else "popularity") for value in first["difference"]],
            hovertemplate="%{y}: %{text}<extra></extra>",
        )
    )
    figure.update_layout(
        height=90 + ROW * len(first),
        xaxis={"title": "difference of the scores"},
        yaxis={"autorange": "reversed", "automargin": True},
    )
    return figure


def bars(rows: pd.DataFrame, label: str, value: str, axis: str) -> go.Figure:
    """One bar a row."""
    figure = go.Figure(
        go.Bar(
            y=rows[label],
            x=rows[value],
            orientation="h",
            text=[f"{one:,.0f}" for one in rows[value]],
            marker_color=chart_colour("popularity"),
            hovertemplate="%{y}: %{x:,.1f}<extra></extra>",
        )
    )
    figure.update_layout(
        height=90 + ROW * len(rows), xaxis={"title": axis}, yaxis={"autorange": "reversed", "automargin": True}
    )
    return figure


def heat(rows: pd.DataFrame, row_title: str, column_title: str, most: int) -> go.Figure:
    """A heat map of numbers from 0 to ``most``, with the numbers in the cells."""
    figure = go.Figure(
        go.Heatmap(
            z=rows.to_numpy(),
            x=[str(name) for name in rows.columns],
            y=[str(name) for name in rows.index],
            text=rows.to_numpy(),
            texttemplate="%{text}",
            zmin=0,
            zmax=most,
            showscale=False,
            hovertemplate="%{y}, %{x}: %{z}<extra></extra>",
        )
    )
    figure.update_layout(
        height=140 + ROW * len(rows),
        xaxis={"title": column_title},
        yaxis={"title": row_title, "autorange": "reversed", "automargin": True},
    )
    return figure


def article_map(rows: pd.DataFrame, section: str | None, chosen: int | None) -> go.Figure:
    """Articles as dots, those of a section lit up, those read and recommended on top.

    Args:
        rows: columns ``x``, ``y``, ``article_id``, ``article``, ``section``, ``role``.
        section: None for no section.
        chosen: the id of the article that is looked at.
    """
    figure = go.Figure()
    mine = rows["section"] == section
    kinds = (
        ((rows["role"] == "") & ~mine, "others", "v-sknn", {"size": 5, "opacity": 0.45}),
        ((rows["role"] == "") & mine, section or "", "two_tower", {"size": 8, "symbol": "cross"}),
        (rows["role"] == "read", "read before", "item_cf", {"size": 11, "symbol": "square"}),
        (rows["role"] == "recommended", "recommended", "ensemble", {"size": 12, "symbol": "circle"}),
        (
            rows["article_id"] == chosen,
            "looked at",
            "popularity",
            {"size": 20, "symbol": "circle-open", "line": {"width": 3}},
        ),
    )
    for which, name, system, marker in kinds:
        some = rows[which]
        if some.empty:
            continue
        figure.add_scattergl(
            x=some["x"],
            y=some["y"],
            name=name,
            mode="markers",
            marker={"color": chart_colour(system), **marker},
            customdata=some[["article_id", "article", "section"]],
            hovertemplate="%{customdata[1]}<br>%{customdata[2]}<extra></extra>",
        )
    figure.update_layout(height=620, legend={"orientation": "h", "y": 1.02, "yanchor": "bottom"}, dragmode="pan")
    figure.update_xaxes(visible=False)
    figure.update_yaxes(visible=False, scaleanchor="x")
    return figure


def clicks(rows: pd.DataFrame) -> go.Figure:
    """Clicks by hour; columns ``hour``, ``clicks``, ``replayed``."""
    figure = go.Figure()
    for which, name, system in (
        (~rows["replayed"], "trained on", "item_cf"),
        (rows["replayed"], "replayed", "popularity"),
    ):
        figure.add_bar(x=rows["hour"][which], y=rows["clicks"][which], name=name, marker_color=chart_colour(system))
    figure.update_layout(
        height=300,
        xaxis={"title": "hour, UTC"},
        yaxis={"title": "clicks"},
        bargap=0.1,
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom"},
    )
    return figure
