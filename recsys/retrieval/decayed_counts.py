"""Decayed counts over sparse keys: the one mechanism behind popularity and co-visitation.

A count with half-life h at moment t is ``sum_i w_i 2^-((t - t_i) / h)`` over the events before t (exponential
decay, as in Cormode et al., "Forward Decay", ICDE 2009). Values are kept as of an *anchor*, a full hour, and are
rescaled only when the clock crosses the next one. So the arithmetic depends on the events and on the clock alone,
not on how often ``advance`` was called: advancing in steps or in one go gives the same bits. A gap without events costs
what lies in it and not its length: once all counts are forgotten, the clock jumps.

Between two steps the large table stays as it is, for all moments that share it, and what is counted meanwhile lies in a
small one over it: one more event costs what happened since the last step, not all that is counted.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recsys.core.arrays import ITEM_MASK, contains, pair_keys
from recsys.core.types import HOUR, Doubles, Floats, Ints, Longs
from recsys.retrieval.count_table import CountTable


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
        anchor: the full step, ms, at which counts are expressed.
        moment: events before this, ms, are counted.
        settled: the counts at the anchor.
        fresh: the counts of the pairs that have had an event since; they take the place of the settled ones.
        floor: at a full step, pairs whose largest value is under it are forgotten.
    """

    half_lives: Doubles
    anchor: int
    moment: int
    settled: CountTable
    fresh: CountTable
    floor: float

    @classmethod
    def start(cls, half_lives: tuple[float, ...], moment: int, floor: float) -> DecayedCounts:
        """Nothing counted yet."""
        nothing = CountTable.empty(len(half_lives))
        step = step_of(np.array(half_lives))
        return cls(np.array(half_lives), moment // step * step, moment, nothing, nothing, floor)

    def state(self, prefix: str) -> dict[str, NDArray[Any]]:
        """The arrays from which ``restore`` makes these counts again."""
        found = {"half_lives": self.half_lives, "keys": self.table.keys, "values": self.table.values}
        return {f"{prefix}{name}": array for name, array in found.items()}

    @classmethod
    def restore(cls, state: Mapping[str, NDArray[Any]], prefix: str, moment: int, floor: float) -> DecayedCounts:
        """The counts with this state, saved at ``moment``."""
        half_lives, keys, values = (state[f"{prefix}{name}"] for name in ("half_lives", "keys", "values"))
        step, fresh = step_of(half_lives), CountTable.empty(len(half_lives))
        return cls(half_lives, moment // step * step, moment, CountTable(keys, values), fresh, floor)

    def advance(self, keys: Longs, times: Longs, weights: Floats | Doubles, to: int) -> DecayedCounts:
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
            counts = counts._add(keys[first:last], times[first:last], weights[:, first:last])._rescaled(step)
            first = last
            if not len(counts.settled):  # nothing is left to bring down: on to the next event
                until = to if first == len(times) else int(times[first])
                counts = replace(counts, anchor=until // step * step)
        counts = counts._add(keys[first:], times[first:], weights[:, first:])
        return replace(counts, moment=to)

    def recounted(
        self, later: DecayedCounts, touched: Longs, keys: Longs, times: Longs, weights: Floats | Doubles
    ) -> DecayedCounts:
        """Later counts to which some events were missing: the same bits as ``advance`` with all of them.

        A pair's counts depend on its own events alone, so only those of the touched pairs are counted anew, from here.

        Args:
            later: counts at a later moment, which lack events of the touched pairs.
            touched: the keys of these pairs, sorted, shape (pairs,).
            keys: of all events up to that moment, or of those of touched pairs at least; the rest as in ``advance``.
            times: theirs.
            weights: theirs.
        """
        mine = contains(touched, keys)
        few = replace(self, settled=self.settled.only(touched), fresh=self.fresh.only(touched))
        few = few.advance(keys[mine], times[mine], weights[:, mine], later.moment)
        settled, fresh = later.settled.with_counts(touched, few.settled), later.fresh.with_counts(touched, few.fresh)
        return replace(later, settled=settled, fresh=fresh)

    def bare(self) -> DecayedCounts:
        """The same counts without what has been made of the large table."""
        return replace(self, settled=CountTable(self.settled.keys, self.settled.values))

    def _add(self, keys: Longs, times: Longs, weights: Floats | Doubles) -> DecayedCounts:
        if len(keys) == 0:
            return self
        mine, which = np.unique(keys, return_inverse=True)
        new = mine[~self.fresh.has(mine)]
        fresh = self.fresh.with_pairs(new, self.settled.at(new))
        values = fresh.values if len(new) else fresh.values.copy()
        at = np.searchsorted(fresh.keys, mine)[which]
        hours = (times - self.anchor) / HOUR
        growth = {half_life: np.exp2(hours / half_life) for half_life in set(self.half_lives.tolist())}
        for channel, half_life in enumerate(self.half_lives.tolist()):
            weight = weights[channel if len(weights) > 1 else 0] * growth[half_life]
            np.add.at(values[channel], at, weight)  # in the order of the events, unlike a sum of chunks
        return replace(self, fresh=CountTable(fresh.keys, values))

    def _rescaled(self, step: int) -> DecayedCounts:
        """The counts as of the next full step."""
        table = self.table
        scales = np.exp2(-(step / HOUR) / self.half_lives)
        largest = table.values[0] * scales[0]
        for channel, scale in zip(table.values[1:], scales[1:], strict=True):  # many times as fast as ``max(axis=0)``
            np.maximum(largest, channel * scale, out=largest)
        kept = np.flatnonzero(largest >= self.floor)
        values = table.values.take(kept, axis=1)
        values *= scales[:, None]
        settled = CountTable(table.keys[kept], values)
        return replace(self, anchor=self.anchor + step, settled=settled, fresh=CountTable.empty(len(self.half_lives)))

    @cached_property
    def table(self) -> CountTable:
        """All counts at the anchor in one table: to look through all of them, not for single ones."""
        return self.fresh.over(self.settled)

    @cached_property
    def scale(self) -> Doubles:
        """What turns counts at the anchor into counts at ``moment``, shape (channels,)."""
        return np.exp2(-(self.moment - self.anchor) / HOUR / self.half_lives)

    def row(self, row: int) -> tuple[Ints, Doubles]:
        """One row's items, ascending, and their counts at ``moment``, (channels, items)."""
        if len(self.fresh) and (late := self.fresh.span(row)).start < late.stop:
            _, items, counts = self.rows(np.array([row]))
            return items, counts
        settled = self.settled.span(row)
        items = (self.settled.keys[settled] & ITEM_MASK).astype(np.int32)
        return items, self.settled.values[:, settled] * self.scale[:, None]

    def rows(self, rows: Longs) -> tuple[Longs, Ints, Doubles]:
        """Several rows' entries one after the other: which row each is of, its item, its counts."""
        flat, of = self.settled.entries(rows)
        keys, values = self.settled.keys[flat], self.settled.values[:, flat]
        late, late_of = self.fresh.entries(rows)
        if len(late):
            kept = ~self.fresh.has(keys)
            of, keys = np.append(of[kept], late_of), np.append(keys[kept], self.fresh.keys[late])
            order = np.lexsort((keys, of))
            of, keys = of[order], keys[order]
            values = np.concatenate([values[:, kept], self.fresh.values[:, late]], axis=1)[:, order]
        return of, (keys & ITEM_MASK).astype(np.int32), values * self.scale[:, None]

    def parts(self, rows: Longs) -> tuple[Longs, Ints, Doubles]:
        """As ``rows``, but quicker: a pair that has had an event since the last step comes twice, in two parts that
        add up to its count.
        """
        flat, of = self.settled.entries(rows)
        keys, values = self.settled.keys.take(flat), self.settled.values.take(flat, axis=1)
        if len(self.fresh):
            late, late_of = self.fresh.entries(rows)
            of, keys = np.append(of, late_of), np.append(keys, self.fresh.keys[late])
            order = of.argsort(kind="stable")
            of, keys = of[order], keys[order]
            values = np.concatenate([values, self.since_settled[:, late]], axis=1)[:, order]
        return of, (keys & ITEM_MASK).astype(np.int32), values * self.scale[:, None]

    def lookup(self, rows: Ints | Longs | int, items: Ints) -> Doubles:
        """The counts of single pairs at ``moment``, 0 where never seen. Shape (channels, *items.shape)."""
        keys = pair_keys(rows, items)
        found = self.settled.at(keys)
        if len(self.fresh):
            found = np.where(self.fresh.has(keys), self.fresh.at(keys), found)
        return found * self.scale.reshape(-1, *(1,) * items.ndim)

    def totals_of(self, rows: Ints | Longs) -> Doubles:
        """The sums of single rows at ``moment``, 0 where a row has no entries. Shape (channels, n)."""
        known, totals = self.settled.totals
        found = np.zeros((len(self.half_lives), len(rows)))
        if len(known):
            at = np.minimum(np.searchsorted(known, rows), len(known) - 1)
            found = np.where(known[at] == rows, totals[:, at], 0.0)
        if len(self.fresh):
            late, of = self.fresh.entries(np.asarray(rows, np.int64))
            found += np.array([np.bincount(of, channel, len(rows)) for channel in self.since_settled[:, late]])
        return found * self.scale[:, None]

    def sums_by_row(self, channel: int, size: int) -> Doubles:
        """One channel at ``moment`` summed by row, shape (size,)."""
        return self._summed(self.settled.sums_by_row(channel), self.fresh.rows, channel, size)

    def sums_by_item(self, channel: int, size: int) -> Doubles:
        """One channel at ``moment`` summed by item, shape (size,)."""
        return self._summed(self.settled.sums_by_item(channel), self.fresh.items, channel, size)

    def _summed(self, settled: Doubles, of: Ints | Longs, channel: int, size: int) -> Doubles:
        found = np.bincount(of, self.since_settled[channel], size).astype(float, copy=False)
        found[: len(settled)] += settled
        return np.asarray(found * self.scale[channel])

    @cached_property
    def since_settled(self) -> Doubles:
        """By how much each fresh pair is above what is settled, at the anchor; shape (channels, fresh)."""
        return np.asarray(self.fresh.values - self.settled.at(self.fresh.keys))
