"""Articles as dots on a map, with what was read and recommended on top.

A component of our own: a library of charts takes ten times as long to draw so many dots.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Literal

import numpy as np
import pandas as pd
import streamlit as st

from recsys.ui.browser import component, place

_mount = component("article_map", ["dom", "article_map"], ["article_map"])
HEIGHT = 600


@dataclass(frozen=True)
class Kind:
    """What a dot can be: its name, its colour in the theme, its shape, its size in pixels, its opacity.

    One without a name is not in the legend.
    """

    label: str
    colour: str
    shape: Literal["circle", "square", "cross"]
    size: int
    opacity: float = 1.0


def draw(
    rows: pd.DataFrame, section: str | None, chosen: int | None, on_choose: Callable[[int], None], description: str
) -> None:
    """Draw the map; ``on_choose`` is called with the id of a clicked article.

    Args:
        rows: of ``embeddings.on_map``.
        section: the one that is highlighted, None for none.
        chosen: the id of the chosen article.
        on_choose: what a click does.
        description: of the map, for those who can't see it.
    """
    kinds = [
        Kind("others", "gray", "circle", 5, 0.45),
        Kind(section or "", "green", "cross", 9),
        Kind("read before", "blue", "square", 11),
        Kind("recommended", "red", "circle", 12),
    ]
    mine = (rows["section"] == section).to_numpy()
    role = rows["role"].to_numpy()
    kind = np.select([role == "recommended", role == "read", mine], [3, 2, 1], 0)
    data = {
        "kinds": [asdict(one) for one in kinds],
        "kind": kind.tolist(),
        "x": rows["x"].astype(float).round(3).tolist(),
        "y": rows["y"].astype(float).round(3).tolist(),
        "ids": rows["article_id"].tolist(),
        "titles": rows["article"].tolist(),
        "sections": rows["section"].tolist(),
        "chosen": chosen,
        "description": description,
    }
    with place("article_map", HEIGHT):
        _mount(
            key="article_map",
            data=data,
            on_clicked_change=lambda: on_choose(int(st.session_state["article_map"]["clicked"])),
        )
