"""Vectors for articles published after training: from the visitors who opened them first."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from recsys.core.arrays import grown, occurrence
from recsys.core.types import PAD, Floats, Ints, Longs
from recsys.data.clicks import Clicks


@dataclass(frozen=True)
class FoldedArticles:
    """The vectors of each article's first visitors, in the order in which they came.

    They are kept one by one, and not as sums, so that an article's vector does not depend on how often ``add`` was
    called.

    Attributes:
        slots: the row in which each article is counted, ``PAD`` for none, shape (articles,).
        seen: how many visitors have been considered, shape (slots,).
        slot_of: which article's slot each vector belongs to, shape (visitors,).
        vectors: shape (visitors, dimensions).
        most: how many first visitors of an article count.
    """

    slots: Ints
    seen: Longs
    slot_of: Longs
    vectors: Floats
    most: int

    @classmethod
    def start(cls, articles: int, dimensions: int, most: int) -> FoldedArticles:
        """Nothing folded in yet."""
        none = np.zeros(0, np.int64)
        return cls(np.full(articles, PAD, np.int32), none, none, np.zeros((0, dimensions), np.float32), most)

    def with_articles(self, articles: int) -> FoldedArticles:
        """The same with a catalogue that has grown at its end."""
        return replace(self, slots=grown(self.slots, articles, PAD))

    def wanted(self, clicks: Clicks, trained: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> Longs:
        """The rows of the clicks that still count: on articles without a trained vector, among their first."""
        rows = np.flatnonzero(~trained[clicks.items])
        items = clicks.items[rows]
        have = np.append(self.seen, 0)[self.slots[items]]
        return rows[have + occurrence(items) < self.most]

    def add(self, items: Ints, vectors: Floats) -> FoldedArticles:
        """Add one visitor's vector each, in order; all zero where there is none. Shapes (n,), (n, dimensions)."""
        new = np.unique(items[self.slots[items] < 0])
        slots = self.slots.copy()
        slots[new] = len(self.seen) + np.arange(len(new))
        seen = np.append(self.seen, np.zeros(len(new), np.int64)) + np.bincount(
            slots[items], minlength=len(self.seen) + len(new)
        )
        known = vectors.any(axis=1)
        return FoldedArticles(
            slots,
            seen,
            np.append(self.slot_of, slots[items[known]]),
            np.vstack([self.vectors, vectors[known]]),
            self.most,
        )

    def laid_out(self) -> tuple[Longs, Longs, Floats]:
        """The articles with a visitor who has a vector, ascending; how many; their vectors, padded with zeros.

        Shapes (n,), (n,), (n, visitors, dimensions).
        """
        counts = np.bincount(self.slot_of, minlength=len(self.seen))
        items = np.flatnonzero(np.append(counts, 0)[self.slots] > 0)
        rows = np.empty(len(self.seen), np.int64)
        rows[self.slots[items]] = np.arange(len(items))
        padded = np.zeros((len(items), counts.max(initial=0), self.vectors.shape[1]), np.float32)
        padded[rows[self.slot_of], occurrence(self.slot_of)] = self.vectors
        return items, counts[self.slots[items]], padded
