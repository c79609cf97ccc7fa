"""The reranker: LightGBM LambdaRank over the pool."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Annotated, Any

import numpy as np
from pydantic import Field, NonNegativeFloat, PositiveFloat, PositiveInt

from recsys.core.imports import without
from recsys.core.process import cores
from recsys.core.progress import Report
from recsys.core.settings import Settings, Share
from recsys.core.types import Doubles, Floats, Longs
from recsys.errors import InputError
from recsys.ranking.features.layout import Layout
from recsys.ranking.features.registry import Feature
from recsys.ranking.pool import Pool
from recsys.ranking.ranking import Ranking
from recsys.ranking.training_set import TrainingSet

with without("sklearn"):  # its wrappers are not used here, and loading them takes longer than everything else
    import lightgbm


class FirstStageSettings(Settings):
    """The small forest that drops most of the pool."""

    trees: PositiveInt = 10
    features: PositiveInt = 20
    """Those that a first such forest of all features learns most from."""
    learning_rate: PositiveFloat = 0.25
    feature_fraction: Share = 0.8


class RerankerSettings(Settings):
    """The large forest, and LightGBM's numbers for both.

    Small trees, so that a forest stays in a processor's cache: with 63 leaves it takes half as long again.
    """

    first_stage: FirstStageSettings = FirstStageSettings()
    hard_negative_depth: PositiveInt = 150
    """The large forest learns on what the first stage ranks among the first so many."""
    rerank_depth: PositiveInt = 60
    """How many of a visitor's pool it orders then: all 150 of them would be .0003 NDCG@20 better, at twice the cost."""
    trees: PositiveInt = 200
    leaves: Annotated[int, Field(gt=1)] = 31
    truncation_level: PositiveInt = 25
    learning_rate: PositiveFloat = 0.12
    min_data_in_leaf: PositiveInt = 200
    feature_fraction: Share = 0.4
    bagging_fraction: Share = 0.8
    bagging_every: PositiveInt = 1
    l2: NonNegativeFloat = 5.0
    bins: Annotated[int, Field(gt=1)] = 127
    threads: PositiveInt = 2
    """At most: fewer where the process may use fewer."""
    seed: int = 7

    def lightgbm(self) -> dict[str, Any]:
        """As LightGBM calls them."""
        return {
            "objective": "lambdarank",
            "lambdarank_truncation_level": self.truncation_level,
            "learning_rate": self.learning_rate,
            "num_leaves": self.leaves,
            "min_data_in_leaf": self.min_data_in_leaf,
            "feature_fraction": self.feature_fraction,
            "bagging_fraction": self.bagging_fraction,
            "bagging_freq": self.bagging_every,
            "lambda_l2": self.l2,
            "max_bin": self.bins,
            "deterministic": True,
            "force_row_wise": True,
            "num_threads": cores(self.threads),
            "verbosity": -1,
            "seed": self.seed,
        }


@dataclass(frozen=True)
class Reranker:
    """Two forests, as LightGBM's texts, and the columns of the large one.

    A cascade (for ranking: Wang, Lin & Metzler, "A cascade ranking model", SIGIR 2011): the first, small forest drops
    most of the pool by a few features; the second, trained on the hard cases, orders the rest by all features.
    """

    settings: RerankerSettings
    texts: tuple[str, str]
    columns: tuple[Feature, ...]

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
        every_tree = 2 * first.trees + settings.trees
        grown = 0

        def count_tree(_: Any) -> None:
            nonlocal grown
            grown += 1
            report(grown / every_tree)

        common = settings.lightgbm()

        def forest(some: TrainingSet, chosen: Longs, trees: int, **parameters: float) -> lightgbm.Booster:
            names = [columns[column].name for column in chosen]
            features = some.features if len(chosen) == len(columns) else some.features[:, chosen]  # no copy of all
            data = lightgbm.Dataset(features, some.clicked, group=some.sizes, feature_name=names)
            return lightgbm.train({**common, **parameters}, data, trees, callbacks=[count_tree])

        every = np.arange(len(columns))
        small = {"learning_rate": first.learning_rate, "feature_fraction": first.feature_fraction}
        gained = forest(rows, every, first.trees, **small).feature_importance("gain")
        chosen = np.sort(np.argsort(-gained, kind="stable")[: first.features])
        first_stage = forest(rows, chosen, first.trees, **small)
        hard = rows.hardest(np.asarray(first_stage.predict(rows.features[:, chosen])), settings.hard_negative_depth)
        large = forest(hard, every, settings.trees)
        return cls(settings, (forest_text(first_stage), forest_text(large)), columns)

    def rank(self, pool: Pool, depth: int | None = None) -> Ranking:
        """Features, scores and the order of the pool's rows; the large forest orders ``depth`` of each visitor's.

        Equal scores keep the order of the pool.
        """
        most = self.settings.rerank_depth if depth is None else depth
        first, second = self._layouts
        first_features = first.matrix(pool)
        scores = self._predict(0, first_features)
        parts = [start + np.argsort(-scores[start:end], kind="stable") for start, end in pool.spans()]
        order = np.concatenate([np.empty(0, np.int64), *parts])
        in_front = np.arange(len(pool)) - pool.starts[pool.rows] < most
        reranked = np.zeros(len(pool), bool)
        reranked[order[in_front]] = True
        rows = np.flatnonzero(reranked)
        features = second.matrix(pool.only(rows), first_features[rows])
        # Rows that go much the same way through the trees, one after the other, take a third less time: those of one
        # article and, of one visitor, those with much the same first score.
        alike = np.lexsort((scores[rows], pool.positions[rows] if len(pool.visitors) > 1 else pool.rows[rows]))
        scores[rows[alike]] = self.score(features[alike])
        order[in_front] = rows[np.lexsort((-scores[rows], pool.rows[rows]))]
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

    def score(self, features: Floats) -> Floats:
        """The scores of the large forest, shape (rows,)."""
        return self._predict(1, features)

    def contributions(self, features: Floats) -> Doubles:
        """What each feature adds to each row's ``score``, and last the start of every row; shape (rows, features + 1).

        Exact SHAP values of trees (Lundberg et al., "Consistent individualized feature attribution for tree
        ensembles", 2018), from LightGBM: a row sums up to its score.
        """
        if len(features) == 0:
            return np.empty((0, len(self.columns) + 1))
        return np.asarray(self._forests[1].predict(features, pred_contrib=True))

    @property
    def feature_names(self) -> tuple[str, ...]:
        """The names of ``columns``."""
        return tuple(column.name for column in self.columns)

    @cached_property
    def first_stage_columns(self) -> tuple[Feature, ...]:
        """The features of the small forest, in order."""
        by_name = {column.name: column for column in self.columns}
        return tuple(by_name[name] for name in self._forests[0].feature_name())

    @cached_property
    def _layouts(self) -> tuple[Layout, Layout]:
        """Of the small forest's features, and of the large one's after those."""
        first = Layout(self.first_stage_columns)
        return first, self._layout.after(first)

    @cached_property
    def _layout(self) -> Layout:
        """Of all features of the large forest."""
        return Layout(self.columns)

    @property
    def trees(self) -> tuple[int, ...]:
        """The number of trees of the small forest and of the large one."""
        return tuple(forest.num_trees() for forest in self._forests)

    def _predict(self, forest: int, features: Floats) -> Floats:
        if len(features) == 0:
            return np.empty(0, np.float32)
        # One thread: more would wait for each other longer than so few rows take, and requests run beside each other.
        return np.asarray(self._forests[forest].predict(features, num_threads=1), np.float32)

    @cached_property
    def _forests(self) -> list[lightgbm.Booster]:
        return [lightgbm.Booster(model_str=text) for text in self.texts]


def forest_text(forest: lightgbm.Booster) -> str:
    """A forest as text, the same whatever number of threads there was to train it."""
    return re.sub(r"\[num_threads: \d+\]", "[num_threads: 1]", str(forest.model_to_string()))
