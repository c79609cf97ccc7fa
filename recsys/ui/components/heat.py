"""A table of counts, shaded by how large they are."""

from __future__ import annotations

import pandas as pd
import streamlit as st

ORANGE = "242, 122, 40"
"""Light over a white page and dark over a black one: the text on it can be read on both."""
STRONGEST = 0.45


def draw(rows: pd.DataFrame, most: float) -> None:
    """Draw numbers from 0 to ``most``; the index and the columns are names."""

    def shade(column: pd.Series[float]) -> list[str]:
        strengths = (STRONGEST * column / most).clip(upper=STRONGEST)
        return [f"background-color: rgba({ORANGE}, {one:.2f}); text-align: center" for one in strengths]

    st.table(rows.style.apply(shade))
