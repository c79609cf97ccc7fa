"""A vector for each article: those of training, and over them those that were folded in later."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from recsys.core.types import PAD, Floats, Ints, Longs


@dataclass(frozen=True, eq=False)
class ArticleVectors:
    """Indexed like an array, by article. All moments share the trained table, which is large; the rest is small.

    Attributes:
        trained: shape (articles + 1, dimensions); zero where there is none, and for ``PAD``, the last row.
        rows: the row of an article's vector in ``folded``, ``PAD`` where the trained one counts; shape (articles + 1,).
        folded: shape (folded in, dimensions).
    """

    trained: Floats
    rows: Ints
    folded: Floats

    @classmethod
    def over(cls, trained: Floats, items: Longs, folded: Floats) -> ArticleVectors:
        """The trained vectors, but for some articles; shapes (articles + 1, dimensions), (n,), (n, dimensions)."""
        rows = np.full(len(trained), PAD, np.int32)
        rows[items] = np.arange(len(items))
        return cls(trained, rows, folded)

    def __len__(self) -> int:
        return len(self.trained) - 1

    def __getitem__(self, items: Ints | Longs) -> Floats:
        """The vectors of articles, shape (..., dimensions)."""
        found, rows = self.trained.take(items, axis=0), self.rows.take(items)
        late = rows != PAD
        found[late] = self.folded.take(rows[late], axis=0)
        return found

    def table(self) -> Floats:
        """All of them, shape (articles, dimensions)."""
        return self[np.arange(len(self))]
