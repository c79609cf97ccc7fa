"""Each user's clicks."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from recsys.core.arrays import grown, ranges
from recsys.core.batches import Visitors, make_visitors
from recsys.core.types import Codes, Ints, Longs
from recsys.data.clicks import Clicks

TIME_BITS = 41
"""Bits of a time in ms within a (user, time) key: enough until 2039, and for four million users."""


@dataclass(frozen=True)
class Histories:
    """Every user's clicks, oldest first, one user after the other.

    Attributes:
        origin: the moment, ms, from which times are counted.
        offsets: ms since then, shape (clicks,), in 32 bits where the log is shorter than 49 days.
        items: article indices in the same order.
        starts: where each user's clicks begin, shape (users + 1,).
    """

    origin: int
    offsets: NDArray[np.uint32] | Longs
    items: Ints
    starts: Longs

    @classmethod
    def from_clicks(cls, clicks: Clicks, users: int) -> Histories:
        """Group clicks by user; clicks of one user at the same moment keep their order."""
        order = np.argsort(clicks.users, kind="stable")
        starts = np.searchsorted(clicks.users[order], np.arange(users + 1))
        origin = int(clicks.times[0]) if len(clicks) else 0
        return cls(origin, _narrow(clicks.times[order] - origin), clicks.items[order], starts)

    def before(self, time: int) -> Histories:
        """The histories as they were at a moment; these themselves where nothing is later."""
        earlier = self.offsets < max(time - self.origin, 0)
        if earlier.all():
            return self
        starts = np.append(0, np.cumsum(earlier))[self.starts]
        return Histories(self.origin, self.offsets[earlier], self.items[earlier], starts)

    def with_clicks(self, clicks: Clicks, users: int) -> Histories:
        """The histories with further clicks, of ``users`` users: those that are new follow the others."""
        order = np.lexsort((clicks.times, clicks.users))
        clicks = clicks.rows(order)
        places = np.full(len(clicks), len(self.items))
        known = clicks.users < len(self.starts) - 1
        places[known] = self._before(clicks.users[known], clicks.times[known] + 1)
        starts = grown(self.starts, users + 1, len(self.items)) + np.searchsorted(clicks.users, np.arange(users + 1))
        times = np.insert(self.times(slice(None)), places, clicks.times)
        origin = min(self.origin, int(times.min(initial=self.origin)))
        return Histories(origin, _narrow(times - origin), np.insert(self.items, places, clicks.items), starts)

    def times(self, which: slice | Longs) -> Longs:
        """The times of some of the clicks, ms."""
        return self.origin + self.offsets[which].astype(np.int64)

    def spans(self, users: Ints, as_of: Longs) -> tuple[Longs, Longs]:
        """Where each user's clicks before each moment begin and end; user -1 has none. Shapes (batch,)."""
        starts = self.starts[np.maximum(users, 0)]
        return starts, self._before(users, as_of)

    def _before(self, users: Ints, as_of: Longs) -> Longs:
        """Where each user's clicks before each moment end: binary searches in all their histories at once."""
        known = np.maximum(users, 0)
        low = self.starts[known]
        high = np.where(users >= 0, self.starts[known + 1], low)
        wanted = np.asarray(as_of) - self.origin
        searching = np.flatnonzero(low < high)
        while len(searching):
            middle = (low[searching] + high[searching]) // 2
            earlier = self.offsets[middle] < wanted[searching]
            low[searching[earlier]] = middle[earlier] + 1
            high[searching[~earlier]] = middle[~earlier]
            searching = searching[low[searching] < high[searching]]
        return low

    def of(self, user: int) -> tuple[Ints, Longs]:
        """One user's articles and times, oldest first."""
        span = slice(int(self.starts[user]), int(self.starts[user + 1]))
        return self.items[span], self.times(span)

    def visitors(self, users: Ints, as_of: Longs, contexts: Codes, depth: int, *, repeats: bool = False) -> Visitors:
        """The batch of these users at these moments, with their last ``depth`` clicks each; see ``make_visitors``."""
        starts, ends = self.spans(users, as_of)
        flat, rows = ranges(starts, ends)
        times = self.times(flat)
        return make_visitors(rows, self.items[flat], times, np.asarray(as_of), contexts, depth, repeats=repeats)


def user_keys(users: Ints, times: Longs) -> Longs:
    """Pack users and moments, ms, into sortable keys ``user << TIME_BITS | time``."""
    return (users.astype(np.int64) << TIME_BITS) | np.asarray(times, np.int64)


def _narrow(offsets: Longs) -> NDArray[np.uint32] | Longs:
    """In 32 bits where that is enough."""
    return offsets.astype(np.uint32) if offsets.max(initial=0) <= np.iinfo(np.uint32).max else offsets
