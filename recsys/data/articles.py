"""The catalogue of articles."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recsys.core.arrays import find, grown
from recsys.core.types import PAD, Floats, Ints, Longs

KNOWN_OF_ALL = ("sections", "published", "words")
"""The columns besides the ids that every catalogue has."""
TEXTS = ("title", "teaser", "url", "picture")
"""What pages show of an article, where the dataset has it."""
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
        embeddings: published vectors of the contents, shape (articles, dimensions), zero for an article without one;
            None where the dataset has none.
        texts: by their names in ``TEXTS``, each of shape (articles,), "" where unknown.
    """

    ids: Longs
    sections: Ints
    published: Longs
    words: Ints
    embeddings: Floats | None = None
    texts: Mapping[str, NDArray[np.object_]] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.ids)

    def text(self, name: str, item: int) -> str:
        """One of an article's texts, "" where it is unknown."""
        return str(self.texts[name][item]) if name in self.texts else ""

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
            None if self.embeddings is None else grown(self.embeddings, length),
            {name: grown(texts, length, "") for name, texts in self.texts.items()},
        )

    def merged(self, others: Articles) -> Articles:
        """The catalogue with those of another one that it lacks at its end, and all that is known of them."""
        lacking = np.flatnonzero(self.index(others.ids) == PAD)
        grown = self.with_ids(others.ids[lacking])
        known: dict[str, Any] = {
            name: np.concatenate([getattr(self, name), getattr(others, name)[lacking]]) for name in KNOWN_OF_ALL
        }
        for name in grown.texts.keys() & others.texts.keys():
            grown.texts[name][len(self) :] = others.texts[name][lacking]
        return replace(grown, **known)

    @cached_property
    def section_codes(self) -> int:
        """How many codes of sections there may be: one more than the largest."""
        return int(self.sections.max(initial=-1)) + 1

    @cached_property
    def _by_id(self) -> Longs:
        return np.argsort(self.ids, kind="stable")
