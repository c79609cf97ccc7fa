"""Quality on held-back hours: the ensemble beside each retriever, asked as in the ``hourly`` protocol."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from recsys.domain import HOUR, Ints, Longs
from recsys.engine import Engine
from recsys.evaluation.metrics import places_of, summary
from recsys.evaluation.requests import Questions
from recsys.retrieval.base import Report

ENSEMBLE = "ensemble"
DEPTH = 20
"""How long a list is looked at."""
BATCH = 256


@dataclass(frozen=True)
class Holdout:
    """Where each system put each question's true article, from 1, 0 for not at all; arrays of shape (questions,)."""

    questions: Questions
    hours: Longs
    places: dict[str, Longs]

    def metrics(self) -> dict[str, dict[str, float]]:
        """Each system's metrics: means within each hour, then over the hours."""
        return {name: summary(places, self.hours) for name, places in self.places.items()}


def evaluate(engine: Engine, asked: Questions, report: Report) -> Holdout:
    """Ask every question with the counters at the start of the hour in which its session began."""
    hours = asked.openings // HOUR
    order = np.argsort(hours, kind="stable")
    asked, hours = asked.rows(order), hours[order]
    found: dict[str, list[Longs]] = {}
    for first, last in hour_batches(hours, BATCH):
        batch = asked.rows(np.arange(first, last))
        ranking = engine.rank(batch.requests(engine.user_ids), engine.at(int(hours[first]) * HOUR))
        lists: dict[str, Ints] = {ENSEMBLE: ranking.top(DEPTH)}
        lists |= {name: candidates.items[:, :DEPTH] for name, candidates in ranking.pool.candidates.items()}
        for name, items in lists.items():
            found.setdefault(name, []).append(places_of(batch.targets, items))
        report(last / len(asked))
    return Holdout(asked, hours, {name: np.concatenate(places) for name, places in found.items()})


def hour_batches(hours: Longs, size: int) -> list[tuple[int, int]]:
    """Cut sorted hours into ranges (first, last) of one hour each, at most ``size`` long."""
    edges = np.flatnonzero(np.r_[True, np.diff(hours) > 0, True]) if len(hours) else np.array([0])
    ranges = []
    for start, end in zip(edges[:-1].tolist(), edges[1:].tolist(), strict=True):
        ranges += [(first, min(first + size, end)) for first in range(start, end, size)]
    return ranges
