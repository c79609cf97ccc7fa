"""Every candidate of an answer, with what each algorithm and the reranker made of it."""

from __future__ import annotations

import numpy as np
import pandas as pd

from recsys.core.types import PAD
from recsys.engine.engine import Engine
from recsys.engine.recommendation import Recommendation
from recsys.ranking.pool import NOT_LISTED


def candidate_matrix(engine: Engine, answer: Recommendation, most: int | None = None) -> pd.DataFrame:
    """One row a candidate of the pool, in the order of the final list; ``most`` for its first rows only.

    Columns:
        rank, article_id, article, section, age_hours: what it is.
        reranked: whether it passed the first stage.
        score: the reranker's, missing where the first stage dropped it.
        first_stage_score: of those that it dropped, which compare among themselves only; else missing.
        best_rank, moved_up: its best rank in a single algorithm's list, and how far ahead of that the final rank is.
        opened_next: whether the reader really opened it next.
        rank_NAME, score_NAME: for each algorithm, its rank and own score; missing where it did not suggest the article.
            Those of lists beside the pool come last.
    """
    ranking, pool, order = answer.ranking, answer.ranking.pool, answer.ranking.order[:most]
    items = pool.items[order]
    ids = engine.articles.ids[items]
    reranked, scores = ranking.reranked[order], ranking.scores[order].astype(float)
    ranks = pool.ranks[order]
    rank = np.arange(1, len(order) + 1)
    best = ranks.min(axis=1, initial=NOT_LISTED)
    table = pd.DataFrame(
        {
            "rank": rank,
            "article_id": ids,
            "article": [engine.title(item) for item in items.tolist()],
            "section": [engine.section(item) for item in items.tolist()],
            "age_hours": pool.live.age_hours(items, answer.as_of).astype(float).round(3),
            "reranked": reranked,
            "score": np.where(reranked, scores, np.nan),
            "first_stage_score": np.where(reranked, np.nan, scores),
            "best_rank": best,
            "moved_up": best - rank,
            "opened_next": ids == answer.ground_truth,
        }
    )
    for number, name in enumerate(pool.candidates):
        listed = ranks[:, number] != NOT_LISTED
        table[f"rank_{name}"] = pd.Series(ranks[:, number], dtype="Int64").where(listed)
        table[f"score_{name}"] = np.where(listed, pool.scores[order, number].astype(float), np.nan)
    for name, beside in pool.beside.items():
        own = beside.items[0][beside.items[0] != PAD]
        listed = pd.DataFrame({"rank": np.arange(1, len(own) + 1), "score": beside.scores[0][: len(own)]}, own)
        of_rows = listed.reindex(items).reset_index(drop=True)
        table[f"rank_{name}"] = of_rows["rank"].astype("Int64")
        table[f"score_{name}"] = of_rows["score"].astype(float)
    return table
