"""Vectors for articles published after training: from the visitors who opened them first."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Self

import numpy as np

from recsys.core.arrays import occurrence
from recsys.core.types import Bools, Floats, Ints, Longs
from recsys.data.clicks import Clicks

AT_ONCE = 128
"""Articles whose vectors are solved for together, a bound on memory: each takes a matrix or two for as long."""


@dataclass(frozen=True, eq=False)
class FirstVisitors:
    """Who opened an article first.

    Attributes:
        seen: how many visitors have been considered.
        vectors: those of the visitors who have one, in the order in which they came, shape (visitors, dimensions).
    """

    seen: int
    vectors: Floats


@dataclass(frozen=True, eq=False)
class FoldedArticles:
    """The first visitors of each new article.

    They are kept one by one, and not as sums, so that an article's vector does not depend on how often ``add`` was
    called; and article by article, so that a click costs no more the more articles there are.

    Attributes:
        first: by article.
        dimensions: of a visitor's vector.
        most: how many first visitors of an article count.
    """

    first: Mapping[int, FirstVisitors]
    dimensions: int
    most: int

    @classmethod
    def start(cls, dimensions: int, most: int) -> FoldedArticles:
        """Nothing folded in yet."""
        return cls({}, dimensions, most)

    def wanted(self, clicks: Clicks, trained: Bools) -> Longs:
        """The rows of the clicks that still count: on articles without a trained vector, among their first."""
        rows = np.flatnonzero(~trained[clicks.items])
        items, which = np.unique(clicks.items[rows], return_inverse=True)
        have = np.array([self.first[item].seen if item in self.first else 0 for item in items.tolist()], np.int64)
        return rows[have[which] + occurrence(which) < self.most]

    def add(self, items: Ints, vectors: Floats) -> FoldedArticles:
        """Add one visitor's vector each, in order; all zero where there is none. Shapes (n,), (n, dimensions)."""
        if len(items) == 0:
            return self
        first = dict(self.first)
        known: Bools = np.asarray(vectors.any(axis=1))
        nothing = FirstVisitors(0, np.zeros((0, self.dimensions), np.float32))
        order = np.argsort(items, kind="stable")
        for rows in np.split(order, np.flatnonzero(np.diff(items[order])) + 1):
            item = int(items[rows[0]])
            before = first.get(item, nothing)
            new = vectors[rows[known[rows]]]
            first[item] = FirstVisitors(before.seen + len(rows), np.concatenate([before.vectors, new]))
        return replace(self, first=first)

    def without(self, items: Ints) -> FoldedArticles:
        """The same without some articles."""
        out = set(items.tolist())
        return replace(self, first={item: first for item, first in self.first.items() if item not in out})

    def only(self, items: Ints) -> FoldedArticles:
        """Some of the articles alone."""
        return replace(self, first={item: self.first[item] for item in items.tolist() if item in self.first})

    def joined(self, others: FoldedArticles) -> FoldedArticles:
        """These articles and different ones."""
        return replace(self, first={**self.first, **others.first}) if others.first else self

    @cached_property
    def with_vectors(self) -> list[int]:
        """The articles with a visitor who has a vector, ascending."""
        return sorted(item for item, first in self.first.items() if len(first.vectors))

    def laid_out(self, items: Sequence[int]) -> Floats:
        """The vectors of some articles' visitors, padded with zeros, shape (n, most, dimensions)."""
        padded = np.zeros((len(items), self.most, self.dimensions), np.float32)  # one shape, so that sums are the same
        for row, item in enumerate(items):
            padded[row, : len(self.first[item].vectors)] = self.first[item].vectors
        return padded


Solve = Callable[[list[int], Floats], Floats]
"""Vectors of articles from their visitors' vectors as ``laid_out`` has them; shape (n, dimensions)."""


@dataclass(frozen=True, eq=False)
class FoldedVectors:
    """The vectors of new articles at a moment; the next moment works out only those that have changed.

    Attributes:
        first: what they were worked out from.
        items: the articles, ascending, shape (n,).
        counts: what else they were worked out from, shape (n,).
        vectors: shape (n, dimensions).
    """

    first: Mapping[int, FirstVisitors]
    items: Longs
    counts: Longs
    vectors: Floats

    @classmethod
    def of(cls, folded: FoldedArticles, clicks: Longs | None, solve: Solve, before: FoldedVectors | None) -> Self:
        """The vectors now, given those of some earlier moment; ``clicks``: what else they follow from, by article."""
        items = np.array(folded.with_vectors, np.int64)
        counts = np.zeros(len(items), np.int64) if clicks is None else clicks[items]
        vectors = np.empty((len(items), folded.dimensions), np.float32)
        stale = np.ones(len(items), bool)
        if before is not None and len(before.items):
            at = np.minimum(np.searchsorted(before.items, items), len(before.items) - 1)
            stale = (before.items[at] != items) | (before.counts[at] != counts)
            if before.first is not folded.first:
                same = [folded.first[item] is before.first.get(item) for item in items.tolist()]
                stale |= ~np.array(same, bool)
            vectors[~stale] = before.vectors[at[~stale]]
        rows = stale.nonzero()[0]
        for first in range(0, len(rows), AT_ONCE):
            some = rows[first : first + AT_ONCE]
            new = items[some].tolist()
            vectors[some] = solve(new, folded.laid_out(new))
        return cls(folded.first, items, counts, vectors)
