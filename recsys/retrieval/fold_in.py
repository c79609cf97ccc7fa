"""Vectors for articles published after training: from the visitors who opened them first."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from recsys.data.clicklog import Clicks
from recsys.domain import NOTHING, Floats, Ints, Longs
from recsys.retrieval.live import occurrence

CLICKERS = 60
"""The first so many visitors of an article make its vector: enough for it to settle, and a bound on the cost."""


@dataclass(frozen=True)
class FoldedArticles:
    """Sums of what an article's first visitors contribute.

    Attributes:
        slots: where each article's sums are, ``NOTHING`` for none, shape (articles,).
        seen: how many visitors were looked at, shape (slots,).
        counts: how many of them had something to contribute, shape (slots,).
        sums: shape (slots, dimensions).
    """

    slots: Ints
    seen: Longs
    counts: Longs
    sums: Floats

    @classmethod
    def start(cls, articles: int, dimensions: int) -> FoldedArticles:
        """Nothing folded in yet."""
        none = np.zeros(0, np.int64)
        return cls(np.full(articles, NOTHING, np.int32), none, none, np.zeros((0, dimensions), np.float32))

    def items(self) -> Longs:
        """The articles that have a contribution, ascending."""
        return np.flatnonzero(np.append(self.counts, 0)[self.slots] > 0)

    def wanted(self, clicks: Clicks, trained: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> Longs:
        """The rows of the clicks that still count: on articles without a trained vector, among their first."""
        rows = np.flatnonzero(~trained[clicks.items])
        items = clicks.items[rows]
        have = np.append(self.seen, 0)[self.slots[items]]
        return rows[have + occurrence(items) < CLICKERS]

    def add(self, items: Ints, contributions: Floats) -> FoldedArticles:
        """Add one visitor's contribution each, in order; all zero for none. Shapes (n,), (n, dimensions)."""
        new = np.unique(items[self.slots[items] < 0])
        slots = self.slots.copy()
        slots[new] = len(self.counts) + np.arange(len(new))
        none = np.zeros(len(new), np.int64)
        seen, counts = np.append(self.seen, none), np.append(self.counts, none)
        sums = np.vstack([self.sums, np.zeros((len(new), self.sums.shape[1]), np.float32)])
        np.add.at(seen, slots[items], 1)
        np.add.at(counts, slots[items], contributions.any(axis=1))
        np.add.at(sums, slots[items], contributions)
        return replace(self, slots=slots, seen=seen, counts=counts, sums=sums)
