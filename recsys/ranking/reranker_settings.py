"""The numbers of the reranker."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field, NonNegativeFloat, PositiveFloat, PositiveInt

from recsys.core.process import cores
from recsys.core.settings import Settings, Share
from recsys.ranking.network_training import NetworkSettings


class FirstStageSettings(Settings):
    """The small network that drops most of the pool."""

    features: PositiveInt = 20
    """Those that a forest of a few trees and all features learns most from."""
    trees: PositiveInt = 10
    """Of that forest."""
    network: NetworkSettings = NetworkSettings(hidden=(16,), epochs=4)


class RerankerSettings(Settings):
    """How the rows that are left are ordered: by a forest, whose numbers are LightGBM's, and by a network."""

    first_stage: FirstStageSettings = FirstStageSettings()
    hard_negative_depth: PositiveInt = 150
    """Forest and network learn on what the first stage ranks among the first so many."""
    rerank_depth: PositiveInt = 60
    """How many of a visitor's pool they order then."""
    network: NetworkSettings = NetworkSettings()
    network_share: Share = 0.75
    """Of the score: the network learns more from many days than the forest does."""
    trees: PositiveInt = 20
    leaves: Annotated[int, Field(gt=1)] = 31
    truncation_level: PositiveInt = 25
    learning_rate: PositiveFloat = 0.4
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
