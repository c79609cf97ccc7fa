"""What the reranker weighed, as tables: what the Explain page draws."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from recsys.domain import OVERRIDABLE, Recommendation
from recsys.engine import Engine
from recsys.ranking.features import FEATURES

FIRST = 3
"""How many facts are a reason."""


def row_of(answer: Recommendation, article_id: int) -> int | None:
    """The article's row in the pool, None where it is not in it."""
    pool = answer.ranking.pool
    found = np.flatnonzero(pool.items == int(pool.live.articles.index(article_id)))
    return int(found[0]) if len(found) else None


def weigh(engine: Engine, answer: Recommendation, rows: Sequence[int]) -> tuple[float, list[pd.DataFrame]]:
    """The score that every article starts from, and for each of some pool rows what every fact adds to it.

    The rows are such as the reranker weighed. A table holds a fact's value, what it adds, and its meaning; the
    weightiest first.
    """
    ranking = answer.ranking
    assert engine.reranker is not None
    values = ranking.features_of(list(rows))
    contributions = engine.reranker.contributions(values)
    known = [FEATURES[name] for name in ranking.feature_names]
    words = {
        "name": ranking.feature_names,
        "fact": [one.label for one in known],
        "unit": [one.unit for one in known],
        "group": [one.group for one in known],
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
    return facts[facts["adds"] > 0].head(FIRST)


def holding_back(facts: pd.DataFrame) -> pd.DataFrame:
    """The facts that hold an article back most."""
    return facts[facts["adds"] < 0].head(FIRST)


def versus(mine: pd.DataFrame, theirs: pd.DataFrame) -> pd.DataFrame:
    """The facts of two articles side by side, and how much of the difference of their scores each fact makes."""
    columns = ["name", "fact", "unit", "value", "adds"]
    table = mine[columns].merge(theirs[["name", "value", "adds"]], on="name", suffixes=("", "_other"))
    table["difference"] = table["adds"] - table["adds_other"]
    return table.sort_values("difference", key=np.abs, ascending=False, ignore_index=True)


def single_changes(
    engine: Engine, answer: Recommendation, article_ids: tuple[int, int], codes: Mapping[str, list[int]]
) -> pd.DataFrame:
    """Both articles' places after each single change of the context; ``codes`` are those to try for each field.

    A place is missing where the article is no longer proposed.
    """
    used = answer.profile.used
    changes = [(field, code) for field in OVERRIDABLE for code in codes[field] if code != getattr(used, field)]
    base = replace(answer.request, as_of=answer.as_of)
    changed = [replace(base, overrides={**base.overrides, field: code}) for field, code in changes]
    items = [int(engine.articles.index(one)) for one in article_ids]
    ranking = engine.rank(changed, engine.at(answer.as_of))
    pool = ranking.pool
    in_order = pool.items[ranking.order]
    rows = []
    for number, (field, code) in enumerate(changes):
        mine = in_order[pool.starts[number] : pool.starts[number + 1]]
        places = [np.flatnonzero(mine == item) for item in items]
        first, second = (int(place[0]) + 1 if len(place) else None for place in places)
        rows.append({"field": field, "code": code, "place": first, "place_other": second})
    table = pd.DataFrame(rows, columns=["field", "code", "place", "place_other"])
    table["swapped"] = table["place"].fillna(np.inf) > table["place_other"].fillna(np.inf)
    return table.astype({"place": "Int64", "place_other": "Int64"})


def pool_table(engine: Engine, answer: Recommendation) -> pd.DataFrame:
    """What was weighed, with every feature, in the order of the final list."""
    ranking = answer.ranking
    order = ranking.order_weighed
    items = ranking.pool.items[order]
    table = pd.DataFrame(
        {
            "rank": np.arange(1, len(order) + 1),
            "article_id": engine.articles.ids[items],
            "article": [engine.title(item) for item in items.tolist()],
            "score": ranking.scores[order],
        }
    )
    return table.join(pd.DataFrame(ranking.features_of(order), columns=list(ranking.feature_names)))
