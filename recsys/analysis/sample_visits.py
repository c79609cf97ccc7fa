"""Single visits of the replay hours, and how each system ranked what was opened next."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from recsys.core.entities import ENSEMBLE, Request
from recsys.core.progress import Report
from recsys.data.next_click import NextClickTasks
from recsys.engine.engine import Engine

FIRST = 10
"""How far down a list a reader is assumed to look."""


@dataclass(frozen=True)
class SampleVisit:
    """A user just before a click, and what the set made of it.

    Attributes:
        user_id: whose click it is.
        as_of: just before it, ms.
        opened: the id of the article that was opened.
        ranks: the rank that each system gave the article opened, from 1; 0: not listed.
        fate: what came of that article, the key of a ``Fate``.
        segments: which visits it is like.
    """

    user_id: int
    as_of: int
    opened: int
    ranks: Mapping[str, int]
    fate: str
    segments: Mapping[str, str]

    @property
    def best_alone(self) -> int:
        """The best rank that a single retriever gave it, 0 where none did."""
        return min((rank for name, rank in self.ranks.items() if rank and name != ENSEMBLE), default=0)

    @property
    def only_reranked(self) -> bool:
        """Whether the reranked list has it among the first ten, and no single retriever has."""
        return 0 < self.ranks[ENSEMBLE] <= FIRST and not 0 < self.best_alone <= FIRST


def sample_visits(
    engine: Engine,
    tasks: NextClickTasks,
    segments: Mapping[str, NDArray[np.str_]],
    depth: int,
    most: int,
    seed: int,
    report: Report,
) -> list[SampleVisit]:
    """Up to ``most`` visits drawn at random, each answered as of its own moment, in the order of their times.

    Measuring answers as of the full hour; these are what a page shows when it is opened at the same moment.
    ``segments`` are those of the tasks; fates are of lists that are ``depth`` long.
    """
    chosen = np.random.default_rng(seed).permutation(len(tasks))[:most]
    chosen = chosen[np.argsort(tasks.times[chosen], kind="stable")]
    drawn = tasks.rows(chosen)
    names = {cut: own[chosen].tolist() for cut, own in segments.items()}
    found = []
    for row, (user, moment) in enumerate(zip(engine.user_ids[drawn.users].tolist(), drawn.times.tolist(), strict=True)):
        answer = engine.recommend(Request(user_id=user, as_of=moment, beside=True))
        if answer.ground_truth is not None:
            fate = answer.fate(answer.ground_truth, depth)
            alike = {cut: own[row] for cut, own in names.items()}
            ranks = answer.ranks_of(answer.ground_truth)
            found.append(SampleVisit(user, moment, answer.ground_truth, ranks, fate.key, alike))
        report((row + 1) / len(drawn))
    return found
