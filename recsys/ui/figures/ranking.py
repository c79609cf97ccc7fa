"""One answer taken apart: the charts of Compare and Explain."""

from __future__ import annotations

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from recsys.ui.figures.shapes import bars, heat, in_rows
from recsys.ui.theme import chart_colour, look, theme_colour


def contributions(rows: pd.DataFrame) -> go.Figure:
    """Bars of what each retriever suggested of the final list, with what it had among its own first ones darker."""
    labels = [look(system).label for system in rows["system"]]
    colours = [chart_colour(system) for system in rows["system"]]
    figure = go.Figure()
    further = rows["in_final_list"] - rows["in_first"]
    parts = (("high on its own list", rows["in_first"], 1.0), ("further down its list", further, 0.45))
    for name, counts, opacity in parts:
        figure.add_bar(
            x=counts,
            y=labels,
            name=name,
            orientation="h",
            marker={"color": colours, "opacity": opacity},
            hovertemplate=f"%{{y}}, {name}: %{{x}}<extra></extra>",
        )
    figure.update_layout(barmode="stack", showlegend=False)
    figure.update_xaxes(dtick=max(1, int(rows["in_final_list"].max()) // 5))
    return in_rows(figure, len(rows), "articles of the final list", room=120)


def overlap(rows: pd.DataFrame) -> go.Figure:
    """How many articles each pair of lists has in common; rows and columns are systems."""
    return heat(rows.rename(index=_short, columns=_short))


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
            increasing={"marker": {"color": theme_colour("blue")}},
            decreasing={"marker": {"color": theme_colour("orange")}},
            totals={"marker": {"color": theme_colour("gray")}},
            hovertemplate="%{y}: %{text}<extra></extra>",
        )
    )
    reached = np.cumsum([start, *first["adds"], rest])
    room = 0.2 * (max(reached.max(), 0) - min(reached.min(), 0))
    figure.update_xaxes(range=[min(reached.min(), 0) - room, max(reached.max(), 0) + room])
    return in_rows(figure, len(labels), "score")


def balance(versus: pd.DataFrame, most: int) -> go.Figure:
    """What speaks for the one and for the other; columns ``fact`` and ``difference``, the weightiest first."""
    first = versus.head(most)
    colours = [theme_colour("blue" if value > 0 else "orange") for value in first["difference"]]
    return bars(first, "fact", "difference", "difference of the scores", form="{:+.2f}", colours=colours)


def _short(system: str) -> str:
    return look(system).short
