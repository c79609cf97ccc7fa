"""Single visits of the replay hours, and how each system ranked what was opened next."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from recsys.core.entities import ENSEMBLE, Request
from recsys.core.progress import Report
from recsys.data.next_click import NextClickTasks
from recsys.engine.engine import Engine

FIRST = 10
"""How far down a list a reader is assumed to look."""


@dataclass(frozen=True)
class SampleVisit:
    """A user just before a click, and the rank that each system gave the article opened, from 1; 0: not listed."""

    user_id: int
    as_of: int
    ranks: Mapping[str, int]

    @property
    def best_alone(self) -> int:
        """The best rank that a single retriever gave it, 0 where none did."""
        return min((rank for name, rank in self.ranks.items() if rank and name != ENSEMBLE), default=0)

    @property
    def only_reranked(self) -> bool:
        """Whether the reranked list has it among the first ten, and no single retriever has."""
        return 0 < self.ranks[ENSEMBLE] <= FIRST and not 0 < self.best_alone <= FIRST


def sample_visits(engine: Engine, tasks: NextClickTasks, most: int, seed: int, report: Report) -> list[SampleVisit]:
    """Up to ``most`` visits drawn at random, each answered as of its own moment, in the order of their times.

    Measuring answers as of the full hour; these are what a page shows when it is opened at the same moment.
    """
    chosen = np.random.default_rng(seed).permutation(len(tasks))[:most]
    drawn = tasks.rows(chosen[np.argsort(tasks.times[chosen], kind="stable")])
    found = []
    for number, (user, moment) in enumerate(
        zip(engine.user_ids[drawn.users].tolist(), drawn.times.tolist(), strict=True)
    ):
        answer = engine.recommend(Request(user_id=user, as_of=moment))
        if answer.ground_truth is not None:
            found.append(SampleVisit(user, moment, answer.ranks_of(answer.ground_truth)))
        report((number + 1) / len(drawn))
    return found
