"""LensKit: its pipelines of item-to-item neighbours and of implicit matrix factorization."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from lenskit import batch, recommend
from lenskit.als import ImplicitMFScorer
from lenskit.data import ItemList, RecQuery, from_interactions_df
from lenskit.knn import ItemKNNScorer
from lenskit.pipeline import topn_pipeline
from numpy.typing import NDArray


class OfLensKit:
    """A pipeline that ends in a list."""

    def __init__(self, shown: int, scorer: Any) -> None:
        self.shown, self.pipeline = shown, topn_pipeline(scorer, n=shown)

    def fit(self, sessions: NDArray[np.int64], items: NDArray[np.int64], times: NDArray[np.int64]) -> None:
        """Learn from clicks, shapes (clicks,)."""
        frame = pd.DataFrame({"user_id": sessions, "item_id": items}).drop_duplicates()
        self.pipeline.train(from_interactions_df(frame))

    def recommend(self, items: NDArray[np.int64]) -> NDArray[np.int64]:
        """The best articles for a session, given oldest first."""
        return np.asarray(recommend(self.pipeline, _query(items), self.shown).ids(), np.int64)

    def recommend_all(self, sessions: Sequence[NDArray[np.int64]]) -> Sequence[NDArray[np.int64]]:
        """The same for many, by the library's own batch in this process."""
        queries = [_query(items, number) for number, items in enumerate(sessions)]
        lists = batch.recommend(self.pipeline, queries, self.shown, n_jobs=1)
        return [np.asarray(own.ids(), np.int64) for own in lists.lists()]


def _query(items: NDArray[np.int64], number: int | None = None) -> RecQuery:
    return RecQuery(query_id=number, history_items=ItemList(item_ids=np.unique(items)))


def item_knn(shown: int, **settings: Any) -> OfLensKit:
    """Item-to-item (Deshpande & Karypis, TOIS 2004)."""
    return OfLensKit(shown, ItemKNNScorer(feedback="implicit", **settings))


def implicit_mf(shown: int, **settings: Any) -> OfLensKit:
    """Matrix factorization (Hu, Koren & Volinsky, ICDM 2008)."""
    return OfLensKit(shown, ImplicitMFScorer(user_embeddings=False, **settings))


WAYS = {"LensKit item-item": item_knn, "LensKit ALS": implicit_mf}
