"""The candidate matrix: candidates down, algorithms across, with ranks, scores and what the reranker made of them.

A component of our own: Streamlit's tables can't open a row, nor tell how they are sorted.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass

import pandas as pd
import streamlit as st

from recsys.ui.browser import component, on_click, place
from recsys.ui.components.bars import Bar, scale
from recsys.ui.theme import LOOKS, section_tile
from recsys.ui.words import duration_of_hours, gained

_mount = component("matrix", ["dom", "tile", "bars", "matrix"], ["tile", "bars", "edge", "matrix"])
SORTED_BY_RANK = "rank"
HEIGHT = 544
"""Of the part that scrolls, pixels; that of ``matrix.css``."""


@dataclass(frozen=True)
class Detail:
    """What the chosen row shows when it opens: a sentence, and bars."""

    sentence: str
    bars: Sequence[Bar]


def draw(
    rows: pd.DataFrame,
    algorithms: Sequence[str],
    *,
    shown: int,
    sort: str,
    chosen: int | None,
    detail: Detail | None,
    on_sort: Callable[[str], None],
    on_choose: Callable[[int | None], None],
    key: str = "matrix",
) -> None:
    """Draw the matrix.

    Args:
        rows: of ``candidate_matrix``.
        algorithms: their names, in the order of the columns.
        shown: the length of the list that the reader sees.
        sort: the name of a column, with ``-`` before it the other way round.
        chosen: the id of the article whose row is open.
        detail: what is in that row.
        on_sort: called with another ``sort``.
        on_choose: called with the id of a clicked article, None where it was the chosen one.
        key: of the component.
    """
    low, high = scale([] if detail is None else detail.bars)
    scores = rows["score"].dropna()
    data = {
        "caption": "Candidates, with each algorithm's rank and score and the reranker's score",
        "algorithms": [
            {"name": name, "label": LOOKS[name].label, "short": LOOKS[name].short, "colour": LOOKS[name].colour}
            for name in algorithms
        ],
        "rows": _records(rows, algorithms),
        "low": float(scores.min()) if len(scores) else 0.0,
        "high": float(scores.max()) if len(scores) else 1.0,
        "shown": shown,
        "sort": sort,
        "chosen": chosen,
        "detail": None
        if detail is None
        else {"sentence": detail.sentence, "rows": [asdict(bar) for bar in detail.bars], "low": low, "high": high},
    }
    with place(key, HEIGHT):
        _mount(
            key=key,
            data=data,
            on_clicked_change=on_click(key, chosen, on_choose),
            on_sorted_change=lambda: on_sort(str(st.session_state[key]["sorted"])),
        )


def _records(rows: pd.DataFrame, algorithms: Sequence[str]) -> list[dict[str, object]]:
    ranks = _columns(rows, [f"rank_{name}" for name in algorithms])
    scores = _columns(rows, [f"score_{name}" for name in algorithms])
    names = ("rank", "article_id", "article", "section", "age_hours", "moved_up", "opened_next")
    own = zip(*(rows[name].tolist() for name in names), _columns(rows, ["score"]), ranks, scores, strict=True)
    return [
        {
            "rank": rank,
            "id": article_id,
            "title": title,
            "section": section,
            "tile": section_tile(section),
            "hours": hours,
            "age": duration_of_hours(hours),
            "moved": moved,
            "gained": gained(moved),
            "hit": hit,
            "score": score,
            "ranks": ranks_of,
            "scores": scores_of,
        }
        for rank, article_id, title, section, hours, moved, hit, (score,), ranks_of, scores_of in own
    ]


def _columns(rows: pd.DataFrame, names: Sequence[str]) -> list[list[float | None]]:
    """Some columns row by row, with None for what is missing."""
    values = rows[list(names)].astype(object)
    found: list[list[float | None]] = values.where(values.notna(), None).to_numpy().tolist()
    return found
