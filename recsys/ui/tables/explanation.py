"""What the reranker reranked, as tables: what the Explain page draws."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from recsys.core.arrays import ranks_of
from recsys.core.entities import OVERRIDABLE
from recsys.engine.engine import Engine
from recsys.engine.recommendation import Recommendation
from recsys.ranking.pool import NOT_LISTED

REASONS = 3
"""How many facts are given as reasons."""


def contributions_of(engine: Engine, answer: Recommendation, rows: Sequence[int]) -> tuple[float, list[pd.DataFrame]]:
    """The score that every article starts from, and for each of some pool rows what every fact adds to it.

    The rows must have passed the first stage. A table holds each fact's value, what it adds, and its meaning, the
    weightiest first.
    """
    ranking = answer.ranking
    values = ranking.features_of(list(rows))
    contributions = engine.reranker.contributions(values)
    known = ranking.columns
    words = {
        "name": ranking.feature_names,
        "fact": [one.label for one in known],
        "unit": [one.unit for one in known],
        "reason": [one.reason.value for one in known],
        "meaning": [one.meaning for one in known],
    }
    tables = [
        pd.DataFrame({**words, "value": value, "adds": added}).sort_values(
            "adds", key=np.abs, ascending=False, ignore_index=True
        )
        for value, added in zip(values, contributions[:, :-1], strict=True)
    ]
    return float(contributions[0, -1]), tables


def lifting(facts: pd.DataFrame) -> pd.DataFrame:
    """The facts that lift an article most."""
    return facts[facts["adds"] > 0].head(REASONS)


def holding_back(facts: pd.DataFrame) -> pd.DataFrame:
    """The facts that hold an article back most."""
    return facts[facts["adds"] < 0].head(REASONS)


def versus(mine: pd.DataFrame, theirs: pd.DataFrame) -> pd.DataFrame:
    """The facts of two articles side by side, and how much of the difference of their scores each fact makes."""
    columns = ["name", "fact", "unit", "value", "adds"]
    table = mine[columns].merge(theirs[["name", "value", "adds"]], on="name", suffixes=("", "_other"))
    table["difference"] = table["adds"] - table["adds_other"]
    return table.sort_values("difference", key=np.abs, ascending=False, ignore_index=True)


def single_changes(
    engine: Engine, answer: Recommendation, article_ids: tuple[int, int], codes: Mapping[str, list[int]]
) -> pd.DataFrame:
    """Both articles' ranks after each single change of the context; ``codes`` are those to try for each field.

    A rank is missing where the article is no longer suggested.
    """
    used = answer.profile.used
    changes = [(field, code) for field in OVERRIDABLE for code in codes[field] if code != getattr(used, field)]
    base = replace(answer.request, as_of=answer.as_of)
    changed = [replace(base, overrides={**base.overrides, field: code}) for field, code in changes]
    ranking = engine.rank(changed, engine.at(answer.as_of))
    lists = ranking.top(int(np.diff(ranking.pool.starts).max(initial=0)))
    items = (int(engine.articles.index(one)) for one in article_ids)
    first, second = (ranks_of(np.full(len(changes), item, np.int32), lists) for item in items)
    table = pd.DataFrame(changes, columns=["field", "code"])
    table["rank"], table["rank_other"] = (
        pd.array([rank or None for rank in ranks.tolist()], "Int64") for ranks in (first, second)
    )
    table["swapped"] = table["rank"].fillna(np.inf) > table["rank_other"].fillna(np.inf)
    return table


def pool_table(engine: Engine, answer: Recommendation) -> pd.DataFrame:
    """Everything that was reranked, with every feature, in the order of the final list; a rank is missing where the
    article is not in that list.
    """
    ranking = answer.ranking
    order = ranking.reranked_order
    items = ranking.pool.items[order]
    table = pd.DataFrame(
        {
            "rank": np.arange(1, len(order) + 1),
            "article_id": engine.articles.ids[items],
            "article": [engine.title(item) for item in items.tolist()],
            "score": ranking.scores[order],
        }
    )
    values = ranking.features_of(order)
    is_rank = np.array([column.unit == "rank" for column in ranking.columns])
    values = np.where(is_rank & (values == NOT_LISTED), np.nan, values)
    return table.join(pd.DataFrame(values, columns=list(ranking.feature_names)))
