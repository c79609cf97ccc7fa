"""How large a reranker a small log can teach: the forest that orders later clicks best, or none at all."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from recsys.core.types import Doubles, Floats
from recsys.ranking.features.registry import Feature
from recsys.ranking.reranker import Reranker, RerankerSettings
from recsys.ranking.training_set import TrainingSet

ENOUGH_TASKS = 20_000
"""Tasks from which the settings' own forest can be grown, without asking."""
FEWEST = 30
"""Tasks to ask on: with fewer, any order would do."""
EARLIER = 2 / 3
"""Of the tasks of a log that has one span, the share that is learned from to ask the others."""
SMALLER = {"trees": 80, "leaves": 15, "l2": 20.0}
"""What is tried besides the settings' own: fewer and smaller trees, shrunk more."""
BETTER = 1.01
"""The settings' own forest must be so many times as good: it has learned from fewer clicks here than it will."""
STANDARD_ERRORS = 2.0
"""And a retriever alone better by so many standard errors than the better forest, to be all that is left."""


def fitted_to(
    settings: RerankerSettings, spans: Sequence[TrainingSet], columns: tuple[Feature, ...]
) -> RerankerSettings:
    """The settings, or smaller ones where those order the last span's clicks as well after learning from the others;
    with one retriever's score as all that they order by, where that alone orders them better still.
    """
    spans = [one for one in spans if len(one)]
    if sum(len(one.sizes) for one in spans) >= ENOUGH_TASKS:
        return settings
    if len(spans) == 1:
        spans = [*spans[0].cut(int(EARLIER * len(spans[0].sizes)))]
    if len(spans) < 2 or len(spans[-1].sizes) < FEWEST or not len(spans[0]):
        return settings
    smaller = settings.model_copy(update=SMALLER)
    earlier, last = TrainingSet.joined(spans[:-1]), spans[-1]
    own, others = (
        _gains(Reranker.train(one, earlier, columns, lambda _: None).score(last.features), last)
        for one in (settings, smaller)
    )
    is_own = own.mean() > BETTER * others.mean()
    chosen, forest = (settings, own) if is_own else (smaller, others)
    alone = {
        one.name: _gains(np.nan_to_num(last.features[:, at], nan=-np.inf), last)
        for at, one in enumerate(columns)
        if one.name.startswith("score_")
    }
    best = max(alone, key=lambda name: float(alone[name].mean()), default=None)
    if best is not None and _is_beyond_chance(alone[best] - forest):
        return chosen.model_copy(update={"only": best})
    return chosen


def _is_beyond_chance(differences: Doubles) -> bool:
    return bool(differences.mean() > STANDARD_ERRORS * differences.std() / np.sqrt(len(differences)))


def _gains(scores: Floats, asked: TrainingSet) -> Doubles:
    """What each task's opened article adds to NDCG, shape (tasks,).

    A row that is kept stands for as many of its pool as were drawn from.
    """
    task = np.repeat(np.arange(len(asked.sizes)), asked.sizes)
    own = np.zeros(len(asked.sizes))
    own[task[asked.clicked == 1]] = scores[asked.clicked == 1]
    above = np.bincount(task, scores > own[task], len(asked.sizes)) / asked.negative_share
    above[np.isneginf(own)] = np.inf  # a retriever without an opinion does not list it
    return np.asarray(1.0 / np.log2(above + 2.0))
