"""Decayed counts over sparse keys: the one mechanism behind popularity and co-visitation.

A count with half-life h at moment t is ``sum_i w_i 2^-((t - t_i) / h)`` over the events before t (exponential
decay, as in Cormode et al., "Forward Decay", ICDE 2009). Values are kept as of an *anchor*, a full hour, and are
rescaled only when the clock crosses the next one. So the arithmetic depends on the events and on the clock alone,
not on how often ``advance`` was called: advancing in steps or in one go gives the same bits.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recsys.core.arrays import contains, pair_keys, ranges
from recsys.core.types import HOUR, Doubles, Ints, Longs

ITEM_MASK = (1 << 32) - 1


def step_of(half_lives: Doubles) -> int:
    """How often counts are brought down and small ones forgotten, ms: an hour, or a power of two of hours that the
    shortest half-life is at least as long as.
    """
    return HOUR << max(int(np.log2(half_lives.min())), 0) if half_lives.min() >= 1 else HOUR


@dataclass(frozen=True)
class DecayedCounts:
    """Counts of (row, item) pairs, in several channels with a half-life each. Immutable: ``advance`` makes a new one.

    A row is whatever is counted by: a context, or the article read before.

    Attributes:
        half_lives: hours, shape (channels,).
        anchor: the full step, ms, at which ``values`` are expressed.
        moment: events before this, ms, are counted.
        keys: ``row << 32 | item``, sorted, shape (pairs,).
        values: shape (channels, pairs).
        floor: at a full step, pairs whose largest value is under it are forgotten.
    """

    half_lives: Doubles
    anchor: int
    moment: int
    keys: Longs
    values: Doubles
    floor: float

    @classmethod
    def start(cls, half_lives: tuple[float, ...], moment: int, floor: float) -> DecayedCounts:
        """Nothing counted yet."""
        shape = (len(half_lives), 0)
        step = step_of(np.array(half_lives))
        return cls(np.array(half_lives), moment // step * step, moment, np.empty(0, np.int64), np.empty(shape), floor)

    def state(self, prefix: str) -> dict[str, NDArray[Any]]:
        """The arrays from which ``restore`` makes these counts again."""
        return {f"{prefix}{name}": getattr(self, name) for name in ("half_lives", "keys", "values")}

    @classmethod
    def restore(cls, state: Mapping[str, NDArray[Any]], prefix: str, moment: int, floor: float) -> DecayedCounts:
        """The counts with this state, saved at ``moment``."""
        half_lives, keys, values = (state[f"{prefix}{name}"] for name in ("half_lives", "keys", "values"))
        step = step_of(half_lives)
        return cls(half_lives, moment // step * step, moment, keys, values, floor)

    def advance(self, keys: Longs, times: Longs, weights: Doubles, to: int) -> DecayedCounts:
        """Count events in the order of their times, and move the clock.

        Args:
            keys: ``row << 32 | item`` of each event, shape (events,).
            times: ms, not decreasing, in [moment, to).
            weights: shape (channels, events), or (1, events) for the same weight in every channel.
            to: the new moment, ms.
        """
        counts, step = self, step_of(self.half_lives)
        first = 0
        while counts.anchor + step <= to:
            last = int(np.searchsorted(times, counts.anchor + step))
            counts = counts._add(keys[first:last], times[first:last], weights[:, first:last])._next_step(step)
            first = last
        counts = counts._add(keys[first:], times[first:], weights[:, first:])
        return replace(counts, moment=to)

    def _add(self, keys: Longs, times: Longs, weights: Doubles) -> DecayedCounts:
        if len(keys) == 0:
            return self
        mine, which = np.unique(keys, return_inverse=True)
        new = mine[~contains(self.keys, mine)]
        insert_at = np.searchsorted(self.keys, new)
        all_keys = np.insert(self.keys, insert_at, new)
        values = np.insert(self.values, insert_at, 0.0, axis=1)
        at = np.searchsorted(all_keys, mine)[which]
        hours = (times - self.anchor) / HOUR
        for channel, half_life in enumerate(self.half_lives):
            weight = weights[channel if len(weights) > 1 else 0] * np.exp2(hours / half_life)
            np.add.at(values[channel], at, weight)  # in the order of the events, unlike a sum of chunks
        return replace(self, keys=all_keys, values=values)

    def _next_step(self, step: int) -> DecayedCounts:
        values = self.values * np.exp2(-(step / HOUR) / self.half_lives)[:, None]
        largest = values[0].copy()
        for channel in values[1:]:  # many times as fast as ``max(axis=0)``
            np.maximum(largest, channel, out=largest)
        kept = np.flatnonzero(largest >= self.floor)
        return replace(self, anchor=self.anchor + step, keys=self.keys[kept], values=values.take(kept, axis=1))

    @property
    def items(self) -> Ints:
        """The item of each pair, shape (pairs,)."""
        return (self.keys & ITEM_MASK).astype(np.int32)

    def scale(self, as_of: int | None = None) -> Doubles:
        """What turns ``values`` into counts at a moment (``moment`` where left out), shape (channels,)."""
        hours = ((self.moment if as_of is None else as_of) - self.anchor) / HOUR
        return np.exp2(-hours / self.half_lives)

    def row(self, row: int) -> tuple[Ints, Doubles]:
        """One row's items, ascending, and their counts at ``moment``, (channels, items)."""
        first, last = np.searchsorted(self.keys, [row << 32, (row + 1) << 32])
        items = (self.keys[first:last] & ITEM_MASK).astype(np.int32)
        return items, self.values[:, first:last] * self.scale()[:, None]

    def rows(self, rows: Longs) -> tuple[Longs, Ints, Doubles]:
        """Several rows' entries one after the other: which row each is of, its item, its counts."""
        wanted = np.asarray(rows, np.int64)
        flat, of = ranges(np.searchsorted(self.keys, wanted << 32), np.searchsorted(self.keys, (wanted + 1) << 32))
        items = (self.keys[flat] & ITEM_MASK).astype(np.int32)
        return of, items, self.values[:, flat] * self.scale()[:, None]

    def lookup(self, rows: Ints | Longs | int, items: Ints) -> Doubles:
        """The counts of single pairs at ``moment``, 0 where never seen. Shape (channels, *items.shape)."""
        if len(self.keys) == 0:
            return np.zeros((len(self.half_lives), *items.shape))
        keys = pair_keys(rows, items)
        at = np.minimum(np.searchsorted(self.keys, keys), len(self.keys) - 1)
        found = np.where(self.keys[at] == keys, self.values[:, at], 0.0)
        return found * self.scale().reshape(-1, *(1,) * items.ndim)

    def totals_of(self, rows: Ints | Longs) -> Doubles:
        """The sums of single rows at ``moment``, 0 where a row has no entries. Shape (channels, n)."""
        known, totals = self.totals
        if len(known) == 0:
            return np.zeros((len(self.half_lives), len(rows)))
        at = np.minimum(np.searchsorted(known, rows), len(known) - 1)
        return np.where(known[at] == rows, totals[:, at], 0.0)

    @cached_property
    def totals(self) -> tuple[Longs, Doubles]:
        """Each row that has entries, ascending, and its sums at ``moment``, (channels, rows)."""
        if len(self.keys) == 0:
            return np.empty(0, np.int64), np.empty((len(self.half_lives), 0))
        row_of = self.keys >> 32
        starts = np.flatnonzero(np.r_[True, row_of[1:] != row_of[:-1]])
        return row_of[starts], np.add.reduceat(self.values, starts, axis=1) * self.scale()[:, None]
