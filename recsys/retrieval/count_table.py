"""A sorted table of counts of (row, item) pairs, and what is summed over it, once for all who share the table."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeVar

import numpy as np

from recsys.core.arrays import ITEM_MASK, changes, contains, contains_at, ranges
from recsys.core.caching import memoized_lru
from recsys.core.types import Bools, Doubles, Ints, Longs

Made = TypeVar("Made")


@dataclass(frozen=True, eq=False)
class CountTable:
    """Counts of pairs, in several channels. Never changed once it is made.

    Attributes:
        keys: ``row << 32 | item``, sorted, shape (pairs,).
        values: shape (channels, pairs).
    """

    keys: Longs
    values: Doubles

    @classmethod
    def empty(cls, channels: int) -> CountTable:
        """Nothing counted."""
        return cls(np.empty(0, np.int64), np.empty((channels, 0)))

    def __len__(self) -> int:
        return len(self.keys)

    @cached_property
    def rows(self) -> Longs:
        """The row of each pair, shape (pairs,)."""
        return self.keys >> 32

    @cached_property
    def items(self) -> Ints:
        """The item of each pair, shape (pairs,)."""
        return (self.keys & ITEM_MASK).astype(np.int32)

    def has(self, keys: Longs) -> Bools:
        """Which pairs are counted here; same shape."""
        return contains(self.keys, keys)

    def at(self, keys: Longs) -> Doubles:
        """The counts of pairs, 0 where they are not here. Shape (channels, *keys.shape)."""
        if len(self.keys) == 0:
            return np.zeros((len(self.values), *keys.shape))
        at = np.minimum(self.keys.searchsorted(keys), len(self.keys) - 1)
        return np.where(self.keys[at] == keys, self.values[:, at], 0.0)

    def entries(self, rows: Longs) -> tuple[Longs, Longs]:
        """Where the pairs of some rows are, one row after the other, and which row each is of."""
        known, starts = self._by_row
        at = known.searchsorted(rows)
        found = contains_at(known, rows, at)
        return ranges(starts[at], starts[at + found])

    def over(self, below: CountTable) -> CountTable:
        """The table laid over another: where both have a pair, this one counts."""
        if not len(self):
            return below
        keys = np.concatenate([below.keys, self.keys])
        order = keys.argsort(kind="stable")  # two sorted runs: as fast as to merge them
        in_order = keys[order]
        last = np.append(in_order[1:] != in_order[:-1], True)  # of the two values of a pair, ours
        values = np.concatenate([below.values, self.values], axis=1)
        return CountTable(in_order[last], values.take(order[last], axis=1))

    def with_pairs(self, keys: Longs, values: Doubles) -> CountTable:
        """The table with further pairs, given sorted, that it does not have."""
        at = self.keys.searchsorted(keys)
        return CountTable(np.insert(self.keys, at, keys), np.insert(self.values, at, values, axis=1))

    def only(self, keys: Longs) -> CountTable:
        """The counts of some pairs, given sorted, as far as they are here."""
        mine = keys[self.has(keys)]
        return CountTable(mine, self.at(mine))

    def with_counts(self, keys: Longs, counts: CountTable) -> CountTable:
        """The table where some pairs, given sorted, have the counts of another table, or none where that has none."""
        old = self.only(keys)
        if np.array_equal(old.keys, counts.keys) and np.array_equal(old.values, counts.values):
            return self  # with all that was made of it
        at = self.keys.searchsorted(old.keys)
        kept = CountTable(np.delete(self.keys, at), np.delete(self.values, at, axis=1))
        return kept.with_pairs(counts.keys, counts.values)

    def once(self, label: str, make: Callable[[], Made]) -> Made:
        """What somebody makes of this table, made once and kept with it."""
        known: dict[str, Any] = vars(self)
        if label not in known:
            known[label] = make()
        found: Made = known[label]
        return found

    def span(self, row: int) -> slice:
        """Where the pairs of one row are."""
        first, last = self.keys.searchsorted((row << 32, (row + 1) << 32)).tolist()
        return slice(first, last)

    @cached_property
    def totals(self) -> tuple[Longs, Doubles]:
        """Each row that has pairs, ascending, and its sums, (channels, rows)."""
        known, starts = self._by_row
        if not len(known):
            return known, np.empty((len(self.values), 0))
        return known, np.add.reduceat(self.values, starts[:-1], axis=1)

    @cached_property
    def _by_row(self) -> tuple[Longs, Longs]:
        """Each row that has pairs, ascending, and where its pairs begin and, last, end; shapes (rows,), (rows + 1,)."""
        starts = changes(self.rows).nonzero()[0]
        return self.rows[starts], np.append(starts, len(self))

    @memoized_lru(8)
    def sums_by_row(self, channel: int) -> Doubles:
        """One channel summed by row, shape (largest row + 1,)."""
        return np.bincount(self.rows, self.values[channel]).astype(float, copy=False)

    @memoized_lru(8)
    def sums_by_item(self, channel: int) -> Doubles:
        """One channel summed by item, shape (largest item + 1,)."""
        return np.bincount(self.items, self.values[channel]).astype(float, copy=False)
