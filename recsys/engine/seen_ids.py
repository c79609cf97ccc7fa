"""The ids of clicks that have come in: a set that grows without being copied."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass


@dataclass(frozen=True)
class SeenIds:
    """Ids in several sets, each more than twice as large as the next (the logarithmic method, Bentley & Saxe 1980).

    Whoever has an older one is not disturbed when ids are added, and to add one costs a few copies on average.
    """

    sets: tuple[frozenset[str], ...] = ()

    def __contains__(self, one: str) -> bool:
        return any(one in ids for ids in self.sets)

    def with_ids(self, new: Collection[str]) -> SeenIds:
        """These and further ones."""
        sets, last = list(self.sets), frozenset(new)
        while sets and len(sets[-1]) <= 2 * len(last):
            last |= sets.pop()
        return SeenIds((*sets, last))


NONE_SEEN = SeenIds()
