"""One visitor's lists side by side: the tables of Compare."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from recsys.core.types import PAD, Ints
from recsys.engine.engine import Engine
from recsys.engine.recommendation import Recommendation
from recsys.ranking.pool import NOT_LISTED
from recsys.ui.theme import LOOKS

MOVED, MOST_MOVED = "moved", 10
"""The filter of what moved up most, and how many rows it has."""


def lists(answer: Recommendation, depth: int) -> dict[str, Ints]:
    """The first articles of each retriever's list and, as ``ensemble``, of the reranked pool."""
    return {name: items[0, items[0] != PAD] for name, items in answer.ranking.lists(depth).items()}


def column(engine: Engine, answer: Recommendation, items: Ints) -> pd.DataFrame:
    """A list as a table: rank, id, headline, whether it is what was opened next, and the ranks elsewhere.

    ``reranked`` is the rank after the reranker, ``rank_NAME`` that in a retriever's list, missing if it is not listed.
    """
    ranking, pool = answer.ranking, answer.ranking.pool
    in_order = np.argsort(pool.items)
    rows = in_order[np.searchsorted(pool.items, items, sorter=in_order)]
    reranked = np.empty(len(pool), np.int64)
    reranked[ranking.order] = np.arange(1, len(pool) + 1)
    ids = engine.articles.ids[items]
    table = pd.DataFrame(
        {
            "rank": np.arange(1, len(items) + 1),
            "article_id": ids,
            "article": [engine.title(item) for item in items.tolist()],
            "opened_next": ids == answer.ground_truth,
            "reranked": reranked[rows],
        }
    )
    for name in pool.candidates:
        ranks = pd.Series(pool.rank(name)[rows], dtype="Int64")
        table[f"rank_{name}"] = ranks.mask(ranks == NOT_LISTED)
    return table


def suggested_by(row: Mapping[Hashable, Any], algorithms: Sequence[str]) -> dict[str, int]:
    """Who suggested the article of a row, at which rank."""
    return {name: int(row[f"rank_{name}"]) for name in algorithms if pd.notna(row[f"rank_{name}"])}


def scopes(whole: pd.DataFrame, shown: int) -> dict[str, pd.DataFrame]:
    """The rows of a candidate matrix that are shown to the reader, that were reranked, and all."""
    return {"shown": whole.head(shown), "reranked": whole[whole["reranked"]], "pool": whole}


def filters(rows: pd.DataFrame, algorithms: Sequence[str]) -> dict[str, pd.Series[bool]]:
    """Which rows one algorithm alone suggested, as ``only_NAME``; which all did; which moved up most."""
    listed = rows[[f"rank_{name}" for name in algorithms]].notna()
    count = listed.sum(axis=1)
    found = {f"only_{name}": listed[f"rank_{name}"] & (count == 1) for name in algorithms}
    highest = rows["moved_up"].where(rows["moved_up"] > 0).nlargest(MOST_MOVED).index
    return {**found, "all": count == len(algorithms), MOVED: rows.index.to_series().isin(highest)}


def filter_label(name: str) -> str:
    """What a filter is called on the page."""
    if name.startswith("only_"):
        return f"Only {LOOKS[name.removeprefix('only_')].short} suggested it"
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
