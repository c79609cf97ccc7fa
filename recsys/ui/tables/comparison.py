"""One visitor's lists side by side: the tables of Compare."""

from __future__ import annotations

import numpy as np
import pandas as pd

from recsys.core.entities import ENSEMBLE
from recsys.core.types import PAD, Ints
from recsys.engine.engine import Engine
from recsys.engine.recommendation import Recommendation
from recsys.ranking.pool import NOT_LISTED


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


def journey(engine: Engine, answer: Recommendation, depth: int) -> pd.DataFrame:
    """Each article of the final list: its rank there and in every list, and how far the reranker moved it.

    ``before`` is its rank when the lists are joined one after the other.
    """
    pool = answer.ranking.pool
    best = answer.ranking.order[:depth]
    table = column(engine, answer, pool.items[best])
    table["before"] = pool.joined_ranks[best] + 1
    table["moved_up"] = table["before"] - table["rank"]
    ranks = [f"rank_{name}" for name in pool.candidates]
    return table[["rank", "article_id", "article", "opened_next", "before", "moved_up", *ranks]]


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


def truth(answer: Recommendation) -> pd.DataFrame | None:
    """The rank of what was opened next: in each list, and after the reranker; None where it is not known."""
    if answer.ground_truth is None:
        return None
    ranks = answer.ranks_of(answer.ground_truth)
    lengths = {name: int((items.items[0] != PAD).sum()) for name, items in answer.ranking.pool.candidates.items()}
    lengths[ENSEMBLE] = len(answer.ranking.pool)
    names = [*lengths]
    rank = pd.array([ranks[name] or None for name in names], "Int64")
    return pd.DataFrame({"system": names, "rank": rank, "of": [lengths[name] for name in names]})
