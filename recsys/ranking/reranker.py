"""The reranker: LightGBM LambdaRank over the pool."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import lightgbm
import numpy as np

from recsys.domain import Doubles, Floats
from recsys.errors import InputError
from recsys.ranking.features import matrix
from recsys.ranking.pool import Pool, Ranking
from recsys.retrieval.base import Report

if TYPE_CHECKING:
    from recsys.ranking.rows import Rows

GLANCE_TREES = 40
WEIGHED = 150
"""How many of a visitor's pool the glance leaves: with all that the large forests would put among the first 20."""
TREES = 200
"""In each of the large forests."""
SEEDS = (7, 8)
"""One large forest each: their mean is better than either."""
PARAMETERS: Mapping[str, Any] = {
    "objective": "lambdarank",
    "lambdarank_truncation_level": 25,
    "learning_rate": 0.08,
    "num_leaves": 63,
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
}


@dataclass(frozen=True)
class Reranker:
    """Forests, as LightGBM's texts, over the named features in order.

    A cascade (for ranking: Wang, Lin & Metzler, "A cascade ranking model", SIGIR 2011): the first, small forest sorts
    out most of the pool; the mean of the others, which have learned on what such a glance leaves, orders the rest.
    """

    texts: tuple[str, ...]
    feature_names: tuple[str, ...]

    @classmethod
    def train(cls, rows: Rows, names: tuple[str, ...], report: Report) -> Reranker:
        """Learn to put what was clicked first; ``names`` are the columns of the rows.

        Raises:
            InputError: there is not one row to learn from.
        """
        if not len(rows):
            raise InputError("In the hours before the moment no visitor opened an article that could be recommended.")
        every_tree = GLANCE_TREES + TREES * len(SEEDS)

        def grown(some: Rows, trees: int, seed: int, before: int) -> lightgbm.Booster:
            data = lightgbm.Dataset(some.features, some.clicked, group=some.sizes, feature_name=list(names))

            def tell(environment: Any) -> None:
                report((before + environment.iteration + 1) / every_tree)

            return lightgbm.train({**PARAMETERS, "seed": seed}, data, trees, callbacks=[tell])

        glance = grown(rows, GLANCE_TREES, SEEDS[0], 0)
        hard = rows.hardest(np.asarray(glance.predict(rows.features)), WEIGHED)
        forests = [grown(hard, TREES, seed, GLANCE_TREES + number * TREES) for number, seed in enumerate(SEEDS)]
        return cls(tuple(forest.model_to_string() for forest in [glance, *forests]), names)

    def rank(self, pool: Pool) -> Ranking:
        """Features, scores and the order of the pool's rows. Equal scores keep the order of the pool."""
        features = matrix(pool, self.feature_names)
        scores = self.glance(features)
        first = np.lexsort((-scores, pool.rows))
        weighed = np.zeros(len(pool), bool)
        weighed[first] = np.arange(len(pool)) - pool.starts[pool.rows[first]] < WEIGHED
        scores[weighed] = self.score(features[weighed])
        order = np.lexsort((-scores, ~weighed, pool.rows))
        return Ranking(pool, self.feature_names, features, scores, weighed, order)

    def glance(self, features: Floats) -> Floats:
        """What the small forest says, shape (rows,): enough to see what is out of the question."""
        return self._mean(self._forests[:1], features)

    def score(self, features: Floats) -> Floats:
        """The mean of the large forests, shape (rows,)."""
        return self._mean(self._forests[1:], features)

    def contributions(self, features: Floats) -> Doubles:
        """What each feature adds to each row's ``score``, and last what every row starts from; (rows, features + 1).

        Exact SHAP values of trees (Lundberg et al., "Consistent individualized feature attribution for tree
        ensembles", 2018), from LightGBM: a row sums up to its score.
        """
        if len(features) == 0:
            return np.empty((0, len(self.feature_names) + 1))
        return np.mean(
            [np.asarray(forest.predict(features, pred_contrib=True)) for forest in self._forests[1:]], axis=0
        )

    @property
    def trees(self) -> tuple[int, ...]:
        """How many trees the small forest has, and each of the large ones."""
        return tuple(forest.num_trees() for forest in self._forests)

    @staticmethod
    def _mean(forests: Sequence[lightgbm.Booster], features: Floats) -> Floats:
        if len(features) == 0:
            return np.empty(0, np.float32)
        return np.mean([forest.predict(features) for forest in forests], axis=0).astype(np.float32)

    @cached_property
    def _forests(self) -> list[lightgbm.Booster]:
        return [lightgbm.Booster(model_str=text) for text in self.texts]
