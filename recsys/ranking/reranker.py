"""The reranker: LightGBM LambdaRank over the pool."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import lightgbm
import numpy as np

from recsys.domain import Doubles, Floats, Longs
from recsys.errors import InputError
from recsys.ranking.features import matrix
from recsys.ranking.pool import Pool, Ranking
from recsys.retrieval.base import Report

if TYPE_CHECKING:
    from recsys.ranking.rows import Rows

GLANCE_TREES = 10
GLANCE_FEATURES = 20
"""The glance looks at those that a first such forest of all features learns most from; only what it leaves is looked at
in full."""
HARD = 150
"""The large forest learns on what such a glance puts among the first so many."""
WEIGHED = 60
"""How many of a visitor's pool it orders then: all 150 of them would be .0003 NDCG@20 better, at twice the cost."""
TREES = 200
PARAMETERS: Mapping[str, Any] = {
    "objective": "lambdarank",
    "lambdarank_truncation_level": 25,
    "learning_rate": 0.12,
    "num_leaves": 31,
    "min_data_in_leaf": 200,
    "feature_fraction": 0.4,
    "bagging_fraction": 0.8,
    "bagging_freq": 1,
    "lambda_l2": 5.0,
    "max_bin": 127,
    "deterministic": True,
    "force_row_wise": True,
    "num_threads": 2,
    "verbosity": -1,
    "seed": 7,
}
"""Small trees, so that a forest of them stays in a processor's cache: with 63 leaves it takes half as long again."""
GLANCE: Mapping[str, Any] = {"learning_rate": 0.25, "feature_fraction": 0.8}


@dataclass(frozen=True)
class Reranker:
    """Two forests, as LightGBM's texts; the features of the large one in order.

    A cascade (for ranking: Wang, Lin & Metzler, "A cascade ranking model", SIGIR 2011): the first, small forest sorts
    out most of the pool by a few features; the second, which has learned on the hard cases, orders the rest by all.
    """

    texts: tuple[str, str]
    feature_names: tuple[str, ...]

    @classmethod
    def train(cls, rows: Rows, names: tuple[str, ...], report: Report) -> Reranker:
        """Learn to put what was clicked first; ``names`` are the columns of the rows.

        Raises:
            InputError: there is not one row to learn from.
        """
        if not len(rows):
            raise InputError("In the hours before the moment no visitor opened an article that could be recommended.")
        every_tree = 2 * GLANCE_TREES + TREES
        grown = 0

        def tell(_: Any) -> None:
            nonlocal grown
            grown += 1
            report(grown / every_tree)

        def forest(some: Rows, columns: Longs, trees: int, parameters: Mapping[str, Any]) -> lightgbm.Booster:
            used = [names[column] for column in columns]
            data = lightgbm.Dataset(some.features[:, columns], some.clicked, group=some.sizes, feature_name=used)
            return lightgbm.train({**PARAMETERS, **parameters}, data, trees, callbacks=[tell])

        every = np.arange(len(names))
        gained = forest(rows, every, GLANCE_TREES, GLANCE).feature_importance("gain")
        looked_at = np.sort(np.argsort(-gained, kind="stable")[:GLANCE_FEATURES])
        glance = forest(rows, looked_at, GLANCE_TREES, GLANCE)
        hard = rows.hardest(np.asarray(glance.predict(rows.features[:, looked_at])), HARD)
        return cls((glance.model_to_string(), forest(hard, every, TREES, {}).model_to_string()), names)

    def rank(self, pool: Pool, most: int = WEIGHED) -> Ranking:
        """Features, scores and the order of the pool's rows; the large forest weighs ``most`` of each visitor's.

        Equal scores keep the order of the pool.
        """
        glanced = matrix(pool, self.glance_names)
        scores = self._predict(0, glanced)
        parts = [first + np.argsort(-scores[first:last], kind="stable") for first, last in pool.spans()]
        order = np.concatenate([np.empty(0, np.int64), *parts])
        in_front = np.arange(len(pool)) - pool.starts[pool.rows] < most
        weighed = np.zeros(len(pool), bool)
        weighed[order[in_front]] = True
        rows = np.flatnonzero(weighed)
        known = dict(zip(self.glance_names, glanced[rows].T, strict=True))
        features = matrix(pool.only(rows), self.feature_names, known)
        # Rows of one article go much the same way through the trees: one after the other they take a third less time.
        by_article = np.lexsort((scores[rows], pool.positions[rows]))
        scores[rows[by_article]] = self.score(features[by_article])
        order[in_front] = rows[np.lexsort((-scores[rows], pool.rows[rows]))]
        return Ranking(pool, self.feature_names, features, scores, weighed, order)

    def score(self, features: Floats) -> Floats:
        """What the large forest says, shape (rows,)."""
        return self._predict(1, features)

    def contributions(self, features: Floats) -> Doubles:
        """What each feature adds to each row's ``score``, and last what every row starts from; (rows, features + 1).

        Exact SHAP values of trees (Lundberg et al., "Consistent individualized feature attribution for tree
        ensembles", 2018), from LightGBM: a row sums up to its score.
        """
        if len(features) == 0:
            return np.empty((0, len(self.feature_names) + 1))
        return np.asarray(self._forests[1].predict(features, pred_contrib=True))

    @cached_property
    def glance_names(self) -> tuple[str, ...]:
        """The features that the small forest looks at, in order."""
        return tuple(self._forests[0].feature_name())

    @property
    def trees(self) -> tuple[int, ...]:
        """How many trees the small forest has, and the large one."""
        return tuple(forest.num_trees() for forest in self._forests)

    def _predict(self, forest: int, features: Floats) -> Floats:
        if len(features) == 0:
            return np.empty(0, np.float32)
        # One thread: more would wait for each other longer than so few rows take, and requests run beside each other.
        return np.asarray(self._forests[forest].predict(features, num_threads=1), np.float32)

    @cached_property
    def _forests(self) -> list[lightgbm.Booster]:
        return [lightgbm.Booster(model_str=text) for text in self.texts]
