"""A table of counts, shaded by how large they are."""

from __future__ import annotations

import pandas as pd
import streamlit as st

ORANGE = "242, 122, 40"
"""Light over a white page and dark over a black one: the text on it can be read on both."""
STRONGEST = 0.45


def draw(rows: pd.DataFrame, most: float, corner: str) -> None:
    """Draw numbers from 0 to ``most``; the index and the columns are names, ``corner`` says of what."""

    def shade(column: pd.Series[float]) -> list[str]:
        strengths = (STRONGEST * column / most).clip(upper=STRONGEST)
        return [f"background-color: rgba({ORANGE}, {one:.2f}); text-align: center" for one in strengths]

    # The names are a column like any other: a table's index has an empty head, which a screen reader can't tell.
    shaded = rows.reset_index(names=corner).style.apply(shade, subset=list(rows.columns))
    st.table(shaded.format(precision=1), hide_index=True)
