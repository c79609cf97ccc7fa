"""Visits as a table, one click away from being looked at on a page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
import streamlit as st

from recsys.core.entities import ENSEMBLE
from recsys.ui.components import charts
from recsys.ui.components.choices import choose
from recsys.ui.navigation import go_to
from recsys.ui.theme import LOOKS
from recsys.ui.view_changes import show_visit

PAGES = {"compare": "Compare", "recommend": "Recommend", "explain": "Explain", "replay": "Replay"}


def draw(rows: pd.DataFrame, name: str, columns: Mapping[str, Any], description: str) -> None:
    """Draw visits; a click on a row opens it.

    Args:
        rows: with the columns ``visitor`` and ``as_of``, ms.
        name: of the table, the file to download and, with the page, the choice of where a row opens.
        columns: Streamlit's settings of further columns by name.
        description: for those who can't see it.
    """
    target = choose(f"{name.partition('.')[0]}.open", "A click on a row opens the visit on", PAGES)

    def picked() -> None:
        """Show the visit of the selected row, on the page that was chosen."""
        chosen = st.session_state[f"visits_{name}"]["selection"]["rows"]
        if chosen:
            visit = rows.iloc[chosen[0]]
            show_visit(int(visit["visitor"]), int(visit["as_of"]))
            go_to(target)

    st.dataframe(
        charts.with_ids_of_the_log(rows),
        key=f"visits_{name}",
        hide_index=True,
        placeholder="",
        height=min(460, 36 * (len(rows) + 1) + 2),
        on_select=picked,
        selection_mode="single-row",
        column_config={
            "as_of": None,
            "visitor": charts.reader_column(),
            "moment": st.column_config.DatetimeColumn("Moment (UTC)", format="MMM D, HH:mm"),
            "read_before": "Articles read",
            "device": "Device",
            "os": "OS",
            "country": "Country",
            **columns,
        },
        alt=description,
    )
    shown = f"{len(rows)} visits. " if len(rows) != 1 else "One visit. "
    st.caption(f"{shown}Click the head of a column to sort by it, and the box of a row to open it.")
    charts.download(rows, name.replace(".", "_"))


def rank_columns(names: list[str]) -> dict[str, Any]:
    """The settings of the columns ``rank_NAME``: of the final list and of each algorithm."""
    final = st.column_config.NumberColumn(
        "Final", help="Rank of what they opened next in the final list; blank: not suggested"
    )
    own = {
        f"rank_{name}": st.column_config.NumberColumn(
            LOOKS[name].short,
            help=f"Rank of what they opened next in the list of {LOOKS[name].label}; blank: not listed",
        )
        for name in names
    }
    return {f"rank_{ENSEMBLE}": final, **own}
