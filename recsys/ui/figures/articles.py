"""The articles and their clicks: the charts of Replay, and Data and models."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from recsys.ui.figures.shapes import LEGEND_ABOVE
from recsys.ui.theme import chart_colour, look, theme_colour


def clicks(rows: pd.DataFrame) -> go.Figure:
    """Clicks by hour; columns ``hour``, ``clicks``, ``replayed``."""
    figure = go.Figure()
    for which, name, colour in (
        (~rows["replayed"], "used for training", "blue"),
        (rows["replayed"], "held back for replay", "orange"),
    ):
        figure.add_bar(x=rows["hour"][which], y=rows["clicks"][which], name=name, marker_color=theme_colour(colour))
    figure.update_layout(height=300, bargap=0.1, legend=LEGEND_ABOVE)
    figure.update_xaxes(title="hour, UTC")
    figure.update_yaxes(title="clicks")
    return figure


def life(by_minute: pd.DataFrame, ranks: pd.DataFrame, now: int) -> go.Figure:
    """An article's clicks by minute above its ranks in the lists; the clock as a line.

    Args:
        by_minute: columns ``moment``, ``clicks``.
        ranks: ``moment``, ``clicks`` and a column for each system.
        now: the moment of the clock, ms.
    """
    figure = make_subplots(rows=2, cols=1, shared_xaxes=True, row_heights=[0.4, 0.6], vertical_spacing=0.06)
    figure.add_scatter(
        x=by_minute["moment"],
        y=by_minute["clicks"],
        name="clicks a minute",
        mode="lines",
        line_color=theme_colour("gray"),
    )
    for system in ranks.columns.drop(["moment", "clicks"]):
        figure.add_scatter(
            x=ranks["moment"],
            y=ranks[system],
            name=look(system).label,
            mode="lines+markers",
            marker={"symbol": look(system).symbol, "size": 8, "color": chart_colour(system)},
            line={"width": 1},
            row=2,
            col=1,
        )
    figure.add_vline(x=pd.Timestamp(now, unit="ms", tz="UTC"), line_color=theme_colour("red"), line_width=1)
    figure.update_layout(height=520, legend=LEGEND_ABOVE, hovermode="x unified")
    figure.update_yaxes(title="clicks a minute", rangemode="tozero", row=1)
    figure.update_yaxes(title="rank", autorange="reversed", row=2)
    return figure
