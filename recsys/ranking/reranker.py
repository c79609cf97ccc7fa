"""The reranker: LightGBM LambdaRank over the pool."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import lightgbm
import numpy as np

from recsys.domain import Floats
from recsys.errors import InputError
from recsys.ranking.features import matrix
from recsys.ranking.pool import Pool, Ranking
from recsys.retrieval.base import Report

if TYPE_CHECKING:
    from recsys.ranking.rows import Rows

TREES = 200
PARAMETERS: Mapping[str, Any] = {
    "objective": "lambdarank",
    "lambdarank_norm": False,
    "lambdarank_truncation_level": 25,
    "learning_rate": 0.08,
    "num_leaves": 63,
    "min_data_in_leaf": 200,
    "feature_fraction": 0.4,
    "bagging_fraction": 0.8,
    "bagging_freq": 1,
    "lambda_l2": 5.0,
    "max_bin": 127,
    "seed": 7,
    "deterministic": True,
    "force_row_wise": True,
    "num_threads": 2,
    "verbosity": -1,
}


@dataclass(frozen=True)
class Reranker:
    """Trees, as LightGBM's text, over the named features in order."""

    text: str
    feature_names: tuple[str, ...]

    @classmethod
    def train(cls, rows: Rows, names: tuple[str, ...], report: Report) -> Reranker:
        """Learn to put what was clicked first; ``names`` are the columns of the rows.

        Raises:
            InputError: there is not one row to learn from.
        """
        if not len(rows):
            raise InputError("In the hours before the moment no visitor opened an article that could be recommended.")
        data = lightgbm.Dataset(rows.features, rows.clicked, group=rows.sizes, feature_name=list(names))

        def tell(environment: Any) -> None:
            report((environment.iteration + 1) / TREES)

        booster = lightgbm.train(dict(PARAMETERS), data, TREES, callbacks=[tell])
        return cls(booster.model_to_string(), names)

    def rank(self, pool: Pool) -> Ranking:
        """Features, scores and the order of the pool's rows. Equal scores keep the order of the pool."""
        features = matrix(pool, self.feature_names)
        scores = self.score(features)
        return Ranking(pool, self.feature_names, features, scores, np.lexsort((-scores, pool.rows)))

    def score(self, features: Floats) -> Floats:
        """The trees' sums, shape (rows,)."""
        if len(features) == 0:
            return np.empty(0, np.float32)
        return np.asarray(self._booster.predict(features), np.float32)

    @cached_property
    def _booster(self) -> lightgbm.Booster:
        return lightgbm.Booster(model_str=self.text)
