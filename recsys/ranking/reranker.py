"""The reranker: LightGBM's LambdaRank and two small networks over the pool."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from recsys.core.imports import without
from recsys.core.progress import Report, part_of
from recsys.core.selection import falling
from recsys.core.types import Doubles, Floats, Longs
from recsys.errors import InputError
from recsys.ranking.features.layout import Layout
from recsys.ranking.features.registry import Feature
from recsys.ranking.network import Network
from recsys.ranking.network_training import CHUNK, train_network
from recsys.ranking.pool import Pool
from recsys.ranking.ranking import Ranking
from recsys.ranking.reranker_settings import RerankerSettings
from recsys.ranking.training_set import TrainingSet

# The wrappers for scikit-learn are not used here, and loading them takes longer than everything else. SciPy loads all
# of NumPy: also what reads Fortran, by a library that guesses encodings.
with without("sklearn", "charset_normalizer"):
    import lightgbm

TELLING = {"feature_fraction": 0.8}
"""So that every tree sees most features: what the forest that only tells which ones matter has of its own."""


@dataclass(frozen=True, eq=False)
class Reranker:
    """A small network that drops most of the pool by a few features, and a forest and a network that order the rest.

    A cascade (for ranking: Wang, Lin & Metzler, "A cascade ranking model", SIGIR 2011): what orders the rest by all
    features is trained on the hard cases. Its score is a weighted mean of the forest's and the network's, which err in
    different places.

    Attributes:
        settings: the numbers.
        columns: the features of the rest, in order.
        first_columns: which of them the first stage reads, ascending.
        first_stage: the network over these.
        network: the one over all columns.
        forest: LightGBM's text.
    """

    settings: RerankerSettings
    columns: tuple[Feature, ...]
    first_columns: Longs
    first_stage: Network
    network: Network
    forest: str

    @classmethod
    def train(
        cls, settings: RerankerSettings, rows: TrainingSet, columns: tuple[Feature, ...], report: Report
    ) -> Reranker:
        """Learn to rank first what was clicked; ``columns`` are those of the rows.

        Raises:
            InputError: there is not one row to learn from.
        """
        if not len(rows):
            raise InputError("In the hours before the moment no visitor opened an article that could be recommended.")
        first = settings.first_stage
        told = forest_of({**settings.lightgbm(), **TELLING}, rows, columns, first.trees, part_of(report, 0.0, 0.2))
        gained = told.feature_importance("gain")
        chosen = np.sort(np.argsort(-gained, kind="stable")[: first.features])
        first_stage = train_network(first.network, rows, chosen, part_of(report, 0.2, 0.4))
        parts = (rows.features[at : at + CHUNK] for at in range(0, len(rows), CHUNK))
        scores = np.concatenate([first_stage.score(some[:, chosen]) for some in parts])
        hard = rows.hardest(scores, settings.hard_negative_depth)
        del rows  # gigabytes, where nobody else has them
        # Side by side: the network keeps one core busy, and takes longer than the forest does on one.
        alone = {**settings.lightgbm(), "num_threads": 1}
        with ThreadPoolExecutor(1) as beside:
            grown = beside.submit(forest_of, alone, hard, columns, settings.trees, lambda _: None)
            network = train_network(settings.network, hard, np.arange(len(columns)), part_of(report, 0.4, 1.0))
        return cls(settings, columns, chosen, first_stage, network, forest_text(grown.result()))

    def rank(self, pool: Pool, depth: int | None = None) -> Ranking:
        """Features, scores and the order of the pool's rows; those of ``depth`` of each visitor's are by all features.

        Equal scores keep the order of the pool.
        """
        most = self.settings.rerank_depth if depth is None else depth
        first, second = self._layouts
        first_features = first.matrix(pool)
        scores = self.first_stage.score(first_features)
        order = falling(scores, pool.starts)
        in_front = np.arange(len(pool)) - pool.starts[pool.rows] < most
        reranked = np.zeros(len(pool), bool)
        reranked[order[in_front]] = True
        rows = np.flatnonzero(reranked)
        pool_of_rows = pool.only(rows)
        features = second.matrix(pool_of_rows, first_features[rows])
        # Rows that go much the same way through the trees, one after the other, take a third less time: those of one
        # article and, of one visitor, those with much the same first score.
        alike = np.lexsort((scores[rows], pool.positions[rows] if len(pool.visitors) > 1 else pool.rows[rows]))
        scores[rows] = self.score(features, alike)
        order[in_front] = rows[falling(scores[rows], pool_of_rows.starts)]
        return Ranking(pool, self.columns, features, scores, reranked, order)

    def completed(self, ranking: Ranking, rows: Longs) -> Ranking:
        """A ranking in which these rows of the pool are reranked too, whatever the first stage made of them.

        The order stays. The pool must still have the retrievers of its moment.
        """
        new = rows[~ranking.reranked[rows]]
        if not len(new):
            return ranking
        new.sort()
        own = self._layout.matrix(ranking.pool.only(new))
        at = np.flatnonzero(ranking.reranked).searchsorted(new)
        reranked, scores = ranking.reranked.copy(), ranking.scores.copy()
        reranked[new], scores[new] = True, self.score(own)
        features = np.insert(ranking.features, at, own, axis=0)
        return replace(ranking, features=features, scores=scores, reranked=reranked)

    def score(self, features: Floats, order: Longs | None = None) -> Floats:
        """The scores by all features, shape (rows,); ``order`` is one in which the forest is quick with them."""
        if len(features) == 0:
            return np.empty(0, np.float32)
        by_forest = np.empty(len(features))
        ordered: Longs | slice = slice(None) if order is None else order
        # One thread: more would wait for each other longer than so few rows take, and requests run beside each other.
        by_forest[ordered] = self._forest.predict(features[ordered], num_threads=1)
        return self._mean(by_forest, self.network.score(features)).astype(np.float32)

    def contributions(self, features: Floats) -> Doubles:
        """What each feature adds to each row's ``score``, and last the start of every row; shape (rows, features + 1).

        Of the forest they are exact SHAP values, from LightGBM (Lundberg et al., "Consistent individualized feature
        attribution for tree ensembles", 2018), and of the network integrated gradients: a row sums up to its score.
        """
        if len(features) == 0:
            return np.empty((0, len(self.columns) + 1))
        of_forest = np.asarray(self._forest.predict(features, pred_contrib=True))
        return self._mean(of_forest, self.network.contributions(features))

    def _mean(self, of_forest: Doubles, of_network: Floats | Doubles) -> Doubles:
        """What the two say of the same rows, weighted."""
        share = self.settings.network_share
        return np.asarray((1 - share) * of_forest + share * of_network)

    @property
    def feature_names(self) -> tuple[str, ...]:
        """The names of ``columns``."""
        return tuple(column.name for column in self.columns)

    @property
    def first_stage_columns(self) -> tuple[Feature, ...]:
        """The features of the first stage, in order."""
        return tuple(self.columns[column] for column in self.first_columns.tolist())

    @cached_property
    def trees(self) -> int:
        """Of the forest."""
        return self._forest.num_trees()

    @cached_property
    def _layouts(self) -> tuple[Layout, Layout]:
        """Of the first stage's features, and of all after those."""
        first = Layout(self.first_stage_columns)
        return first, self._layout.after(first)

    @cached_property
    def _layout(self) -> Layout:
        """Of all features."""
        return Layout(self.columns)

    @cached_property
    def _forest(self) -> lightgbm.Booster:
        return lightgbm.Booster(model_str=self.forest)


def forest_of(
    parameters: dict[str, Any], rows: TrainingSet, columns: tuple[Feature, ...], trees: int, report: Report
) -> lightgbm.Booster:
    """So many trees over all columns of the rows."""
    names = [column.name for column in columns]
    data = lightgbm.Dataset(rows.features, rows.clicked, group=rows.sizes, feature_name=names)
    grown = [lambda state: report((state.iteration + 1) / trees)]
    return lightgbm.train(parameters, data, trees, callbacks=grown)


def forest_text(forest: lightgbm.Booster) -> str:
    """A forest as text, the same whatever number of threads there was to train it."""
    return re.sub(r"\[num_threads: \d+\]", "[num_threads: 1]", str(forest.model_to_string()))
