"""What the reranker learns from: rows of pools, with the article that was opened marked in each."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from pydantic import PositiveFloat, PositiveInt

from recsys.core.settings import Settings, Share
from recsys.core.types import Bools, Doubles, Floats, Ints, Longs
from recsys.ranking.features.layout import matrix
from recsys.ranking.features.registry import Feature
from recsys.ranking.pool import Pool

TASKS_AT_ONCE = 10_000
"""Sorted together: all of them would take up as much as a third of the rows."""


class TrainingSetSettings(Settings):
    """Which tasks become rows, and which of their rows are kept."""

    tasks_per_hour: PositiveInt = 1_000
    """The reranker learns from up to so many next-click tasks of each hour."""
    first_click_weight: PositiveFloat = 0.2
    """How often a session's first click is a task, beside its last one: that of a new visitor follows no other."""
    middle_click_weight: PositiveFloat = 0.4
    """How often one in between is: the last ones are what the protocol measures, and teach more each."""
    negative_share: Share = 0.06
    """Share of a task's pool that is kept as negatives. Drawn evenly: keeping the high-ranked ones and thinning out the
    rest would teach the reranker that low ranks are better than they are (measured: .307 NDCG@20 instead of .351)."""
    seed: int = 7


@dataclass(frozen=True)
class TrainingSet:
    """Rows of many tasks, task after task.

    Attributes:
        features: shape (rows, features).
        clicked: 1 for the article that was opened, else 0; shape (rows,).
        sizes: the number of rows of each task, shape (tasks,).
        negative_share: the share of each pool that the negatives are.
    """

    features: Floats
    clicked: Ints
    sizes: Longs
    negative_share: float

    def __len__(self) -> int:
        return len(self.clicked)

    @classmethod
    def empty(cls, features: int, negative_share: float) -> TrainingSet:
        """No rows, of so many features."""
        return cls(np.empty((0, features), np.float32), np.empty(0, np.int32), np.empty(0, np.int64), negative_share)

    @classmethod
    def from_pool(cls, pool: Pool, targets: Ints, columns: tuple[Feature, ...], negative_share: float) -> TrainingSet:
        """The rows of a pool; ``targets`` has the article that each visitor opened, shape (batch,)."""
        clicked = (pool.items == targets[pool.rows]).astype(np.int32)
        sizes = np.diff(pool.starts)
        return cls(matrix(pool, columns), clicked, sizes[sizes > 0], negative_share)

    @classmethod
    def joined(cls, parts: Iterable[TrainingSet]) -> TrainingSet:
        """Several sets, one after the other. Each is let go once it is copied: all of them take up gigabytes."""
        waiting = deque(parts)
        share, columns = waiting[0].negative_share, waiting[0].features.shape[1]
        clicked = np.concatenate([part.clicked for part in waiting])
        sizes = np.concatenate([part.sizes for part in waiting])
        features = np.empty((len(clicked), columns), np.float32)
        at = 0
        while waiting:
            part = waiting.popleft()
            features[at : at + len(part)] = part.features
            at += len(part)
        return cls(features, clicked, sizes, share)

    def hardest(self, scores: Floats, depth: int) -> TrainingSet:
        """Without the negatives that, by these scores, are not among the first ``depth`` of their whole pool.

        The rows hold an even share of each pool, so that a rank among them stands for one in the pool.
        """
        kept, ends = np.empty(len(self), bool), np.append(0, self.sizes.cumsum())
        for first in range(0, len(self.sizes), TASKS_AT_ONCE):
            sizes = self.sizes[first : first + TASKS_AT_ONCE]
            mine = slice(int(ends[first]), int(ends[first + len(sizes)]))
            places = _places(np.where(self.clicked[mine] == 1, np.inf, scores[mine]), sizes)
            kept[mine] = places <= self.negative_share * depth  # the clicked one, in front, has place 0
        task = np.repeat(np.arange(len(self.sizes), dtype=np.int32), self.sizes)
        sizes = np.bincount(task[kept], minlength=len(self.sizes))
        return TrainingSet(self.features[kept], self.clicked[kept], sizes, self.negative_share)


def _places(scores: Doubles, sizes: Longs) -> Longs:
    """The place of each row among those of its task by the score, from 0; equal ones as they are. Shape (rows,)."""
    order = np.lexsort((-scores, np.repeat(np.arange(len(sizes)), sizes)))
    found = np.empty(len(scores), np.int64)
    found[order] = np.arange(len(scores)) - np.repeat(sizes.cumsum() - sizes, sizes)
    return found


def sampled_rows(pool: Pool, targets: Ints, share: float, rng: np.random.Generator) -> Longs:
    """The rows of a pool to keep: of each task whose target was retrieved, the target and a share of the others.

    A task whose article no retriever suggested teaches nothing about order.
    """
    clicked: Bools = pool.items == targets[pool.rows]
    answerable = np.bincount(pool.rows, clicked, len(pool.visitors)) > 0
    return np.flatnonzero(answerable[pool.rows] & (clicked | (rng.random(len(pool)) < share)))
