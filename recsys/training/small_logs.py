"""How large a reranker a small log can teach: of those that earlier clicks train, that which orders later ones."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from recsys.ranking.features.registry import Feature
from recsys.ranking.network_training import NetworkSettings
from recsys.ranking.reranker import Reranker
from recsys.ranking.reranker_settings import RerankerSettings
from recsys.ranking.training_set import TrainingSet

ENOUGH_TASKS = 20_000
"""Tasks from which the settings' own reranker can be trained, without asking."""
FEWEST = 30
"""Tasks to ask on: with fewer, any order would do."""
SMALLER = {
    "leaves": 15,
    "learning_rate": 0.3,
    "l2": 20.0,
    "network": NetworkSettings(hidden=(32,), weight_decay=0.1),
    "network_share": 0.5,
}
"""What is tried besides the settings' own: smaller trees, shrunk more, and a smaller network that counts for less."""
BETTER = 1.01
"""The settings' own reranker must be so many times as good: it has learned from fewer clicks here than it will."""


def fitted_to(
    settings: RerankerSettings, spans: Sequence[TrainingSet], columns: tuple[Feature, ...]
) -> RerankerSettings:
    """The settings, or smaller ones where those order the last span's clicks as well after learning from the others."""
    spans = [one for one in spans if len(one)]
    if sum(len(one.sizes) for one in spans) >= ENOUGH_TASKS or len(spans) < 2 or len(spans[-1].sizes) < FEWEST:
        return settings
    smaller = settings.model_copy(update=SMALLER)
    earlier, last = TrainingSet.joined(spans[:-1]), spans[-1]
    own, others = (_quality(Reranker.train(one, earlier, columns, lambda _: None), last) for one in (settings, smaller))
    return settings if own > BETTER * others else smaller


def _quality(reranker: Reranker, asked: TrainingSet) -> float:
    """NDCG of the articles that were opened; a row that is kept stands for as many of its pool as were drawn from."""
    scores = reranker.score(asked.features)
    task = np.repeat(np.arange(len(asked.sizes)), asked.sizes)
    own = np.zeros(len(asked.sizes))
    own[task[asked.clicked == 1]] = scores[asked.clicked == 1]
    above = np.bincount(task, scores > own[task], len(asked.sizes)) / asked.negative_share
    return float((1.0 / np.log2(above + 2.0)).mean())
