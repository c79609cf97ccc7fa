"""The catalogue of articles."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from recsys.core.arrays import find, grown
from recsys.core.types import PAD, Floats, Ints, Longs

KNOWN_OF_ALL = ("sections", "published", "words")
"""The columns besides the ids that every catalogue has."""
UNDATED = -1
"""The publication time of an article without metadata."""


@dataclass(frozen=True)
class Articles:
    """The catalogue; an article's index is its row. As it is read it is sorted by id, and what comes later follows.

    Attributes:
        ids: the dataset's ids, int64, shape (articles,).
        sections: category codes, int32, -1 where unknown.
        published: when readers could first open it, ms; ``UNDATED`` where unknown.
        words: length in words, int32, 0 where unknown.
        titles: headlines, or None where the dataset has none.
        embeddings: published vectors of the contents, shape (articles, dimensions), zero for an article without one;
            None where the dataset has none.
    """

    ids: Longs
    sections: Ints
    published: Longs
    words: Ints
    titles: NDArray[np.object_] | None = None
    embeddings: Floats | None = None

    def __len__(self) -> int:
        return len(self.ids)

    def index(self, article_ids: Longs | int) -> Ints:
        """The index of each id, or ``PAD`` where the catalogue does not have it."""
        return find(self.ids, np.asarray(article_ids, np.int64), self._by_id)

    def with_ids(self, new: Longs) -> Articles:
        """The catalogue with further articles at its end, of which nothing but the id is known."""
        length = len(self) + len(new)
        return Articles(
            np.append(self.ids, new),
            grown(self.sections, length, -1),
            grown(self.published, length, UNDATED),
            grown(self.words, length),
            None if self.titles is None else grown(self.titles, length, ""),
            None if self.embeddings is None else grown(self.embeddings, length),
        )

    def merged(self, others: Articles) -> Articles:
        """The catalogue with those of another one that it lacks at its end, and all that is known of them."""
        lacking = np.flatnonzero(self.index(others.ids) == PAD)
        grown = self.with_ids(others.ids[lacking])
        known = {name: np.concatenate([getattr(self, name), getattr(others, name)[lacking]]) for name in KNOWN_OF_ALL}
        titles = grown.titles
        if titles is not None and others.titles is not None:
            titles[len(self) :] = others.titles[lacking]
        return replace(grown, **known, titles=titles)

    @cached_property
    def _by_id(self) -> Longs:
        return np.argsort(self.ids, kind="stable")
