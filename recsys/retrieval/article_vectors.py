"""A vector for each article: those of training, and over them those that were folded in later."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from recsys.core.arrays import grown
from recsys.core.types import Bools, Floats, Ints, Longs


@dataclass(frozen=True, eq=False)
class ArticleVectors:
    """Indexed like an array, by article. All moments share the trained table, which is large; the rest is small.

    Attributes:
        trained: shape (trained + 1, dimensions); the last row is zero.
        rows: where an article's vector is: a row of ``trained``, the last one where there is none, or where it is
            under 0, ``~row`` of ``folded``. The last entry is that of ``PAD``. Shape (articles + 1,).
        folded: shape (folded in, dimensions).
    """

    trained: Floats
    rows: Ints
    folded: Floats

    @classmethod
    def of(cls, table: Floats) -> ArticleVectors:
        """The rows of a table that are not zero; the last, which is ``PAD``'s, is. Shape (articles + 1, dimensions)."""
        there = table.any(axis=1)
        rows = np.where(there, there.cumsum() - 1, there.sum()).astype(np.int32)
        return cls(np.append(table[there], table[-1:], axis=0), rows, table[:0])

    @classmethod
    def over(cls, trained: Floats, items: Longs, folded: Floats) -> ArticleVectors:
        """A table's, the last row of which is ``PAD``'s, but for some articles.

        Shapes (articles + 1, dimensions), (n,), (n, dimensions).
        """
        return cls(trained, np.arange(len(trained), dtype=np.int32), folded[:0]).with_folded(items, folded)

    def with_folded(self, items: Longs, folded: Floats) -> ArticleVectors:
        """The trained vectors, but for some articles; shapes (n,), (n, dimensions)."""
        rows = self.rows.copy()
        rows[items] = ~np.arange(len(items))
        return ArticleVectors(self.trained, rows, folded)

    def grown(self, articles: int) -> ArticleVectors:
        """The same for a catalogue that has grown at its end by articles without a vector."""
        return replace(self, rows=grown(self.rows, articles + 1, self.rows[-1]))

    @cached_property
    def is_trained(self) -> Bools:
        """Which articles have a vector of training, shape (articles + 1,)."""
        return np.asarray((self.rows >= 0) & (self.rows < len(self.trained) - 1))

    def __len__(self) -> int:
        return len(self.rows) - 1

    def __getitem__(self, items: Ints | Longs) -> Floats:
        """The vectors of articles, shape (..., dimensions)."""
        rows = self.rows.take(items)
        found = self.trained.take(rows, axis=0, mode="clip")
        late = rows < 0
        found[late] = self.folded.take(~rows[late], axis=0)
        return found

    def table(self) -> Floats:
        """All of them, shape (articles, dimensions)."""
        return self[np.arange(len(self))]
