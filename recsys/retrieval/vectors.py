"""A vector for each article: those of training, and over them those that were folded in."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from recsys.domain import NOTHING, Floats, Ints, Longs


@dataclass(frozen=True, eq=False)
class ArticleVectors:
    """Asked like an array, by article. All moments share the trained table, which is large; the rest is small.

    Attributes:
        trained: shape (articles + 1, dimensions); zero where there is none, and for ``NOTHING``, the last row.
        places: where in ``folded`` an article's vector stands, ``NOTHING`` where the trained one counts; as long.
        folded: shape (folded in, dimensions).
    """

    trained: Floats
    places: Ints
    folded: Floats

    @classmethod
    def over(cls, trained: Floats, items: Longs, folded: Floats) -> ArticleVectors:
        """The trained vectors, but for some articles; shapes (articles + 1, dimensions), (n,), (n, dimensions)."""
        places = np.full(len(trained), NOTHING, np.int32)
        places[items] = np.arange(len(items))
        return cls(trained, places, folded)

    def __len__(self) -> int:
        return len(self.trained) - 1

    def __getitem__(self, items: Ints | Longs) -> Floats:
        """The vectors of articles, shape (..., dimensions)."""
        found, places = self.trained[items], self.places[items]
        late = places != NOTHING
        found[late] = self.folded[places[late]]
        return found

    def table(self) -> Floats:
        """All of them, shape (articles, dimensions)."""
        return self[np.arange(len(self))]
