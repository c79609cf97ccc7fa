"""What a rule costs over its whole range."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go

from recsys.core.entities import ENSEMBLE
from recsys.ui.theme import chart_colour, theme_colour


def trade_off(rows: pd.DataFrame, now: str, bought: str, found: str) -> go.Figure:
    """A line from off to the strongest, each point with what the dial says, and the point of today marked.

    Args:
        rows: columns ``dial``, ``bought``, ``found``, in order.
        now: what the dial says today.
        bought: what the rule is there for, along the axis below.
        found: what is found, along the other.
    """
    colour = chart_colour(ENSEMBLE)
    figure = go.Figure(
        go.Scatter(
            x=rows["bought"],
            y=rows["found"],
            mode="lines+markers+text",
            text=rows["dial"],
            textposition="top center",
            line={"color": theme_colour("gray"), "width": 1},
            marker={
                "size": [18 if dial == now else 9 for dial in rows["dial"]],
                "symbol": ["diamond" if dial == now else "circle" for dial in rows["dial"]],
                "color": [colour if dial == now else theme_colour("gray") for dial in rows["dial"]],
            },
            hovertemplate=f"%{{text}}<br>{bought} %{{x:.2f}}<br>{found} %{{y:.1f}}<extra></extra>",
            cliponaxis=False,
        )
    )
    figure.update_layout(height=380, xaxis={"title": bought}, yaxis={"title": found}, showlegend=False)
    return figure
