"""One visitor's lists side by side: the tables of Compare."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from recsys.core.types import PAD, Ints, Longs
from recsys.engine.recommendation import Recommendation
from recsys.ranking.pool import NOT_LISTED
from recsys.ui.theme import LOOKS

MOVED, MOST_MOVED = "moved", 10
"""The filter of what moved up most, and how many rows it has."""


def lists(answer: Recommendation, depth: int) -> dict[str, Ints]:
    """The first articles of each retriever's list and, as ``ensemble``, of the reranked pool."""
    return {name: items[0, items[0] != PAD] for name, items in answer.ranking.lists(depth).items()}


def column(whole: pd.DataFrame, article_ids: Longs) -> pd.DataFrame:
    """A list as a table: the rows of a candidate matrix for its articles, with ``rank`` that in the list and
    ``reranked`` that after the reranker.
    """
    found = whole.drop(columns="reranked").rename(columns={"rank": "reranked"})
    table = found.set_index("article_id").loc[article_ids].reset_index()
    table.insert(0, "rank", np.arange(1, len(table) + 1))
    return table


def suggested_by(row: Mapping[Hashable, Any], algorithms: Sequence[str]) -> dict[str, int]:
    """Who suggested the article of a row, at which rank."""
    return {name: int(row[f"rank_{name}"]) for name in algorithms if pd.notna(row[f"rank_{name}"])}


def scopes(whole: pd.DataFrame, shown: int) -> dict[str, pd.DataFrame]:
    """The rows of a candidate matrix that are shown to the reader, that were reranked, and all."""
    return {"shown": whole.head(shown), "reranked": whole[whole["reranked"]], "pool": whole}


def by_one_alone(found: pd.DataFrame) -> dict[str, pd.Series[bool]]:
    """Which rows one algorithm alone has found, as ``only_NAME``; a column of ``found`` for each algorithm."""
    return {f"only_{name}": found[name] & (found.sum(axis=1) == 1) for name in found}


def only_label(name: str) -> str | None:
    """What a name of ``by_one_alone`` is called on pages; None for any other."""
    return f"Only {LOOKS[name.removeprefix('only_')].short}" if name.startswith("only_") else None


def filters(rows: pd.DataFrame, algorithms: Sequence[str]) -> dict[str, pd.Series[bool]]:
    """Which rows one algorithm alone suggested, as ``only_NAME``; which all did; which moved up most."""
    listed = pd.DataFrame({name: rows[f"rank_{name}"].notna() for name in algorithms})
    highest = rows["moved_up"].where(rows["moved_up"] > 0).nlargest(MOST_MOVED).index
    return {**by_one_alone(listed), "all": listed.all(axis=1), MOVED: rows.index.to_series().isin(highest)}


def filter_label(name: str) -> str:
    """What a filter is called on the page."""
    if only := only_label(name):
        return f"{only} suggested it"
    return {"all": "All suggested it", MOVED: "Moved up most"}[name]


def overlap(first: dict[str, Ints]) -> pd.DataFrame:
    """How many articles each pair of lists has in common; systems by systems."""
    names = list(first)
    common = [[len(np.intersect1d(first[a], first[b])) for b in names] for a in names]
    return pd.DataFrame(common, names, names)


def contributions(answer: Recommendation, depth: int) -> pd.DataFrame:
    """For each retriever: the length of its list, and of the final list's articles how many it had among its own first
    ``depth``, how many it suggested at all, and how many no other did.
    """
    pool = answer.ranking.pool
    ranks = pool.ranks[answer.ranking.order[:depth]]
    listed = ranks != NOT_LISTED
    alone = listed & (listed.sum(axis=1, keepdims=True) == 1)
    return pd.DataFrame(
        {
            "system": list(pool.candidates),
            "suggested": [int((candidates.items[0] != PAD).sum()) for candidates in pool.candidates.values()],
            "in_first": (ranks <= depth).sum(axis=0),
            "in_final_list": listed.sum(axis=0),
            "alone": alone.sum(axis=0),
        }
    )
