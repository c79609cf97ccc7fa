"""Each user's clicks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from recsys.core.arrays import ranges
from recsys.core.batches import Visitors, make_visitors
from recsys.core.types import PAD, Codes, Ints, Longs
from recsys.data.arrivals import NO_ARRIVALS, TIME_BITS, ClicksByUser, user_keys
from recsys.data.clicks import Clicks

LAST = (1 << TIME_BITS) - 1
"""A moment, ms, after all others."""
BATCH = 2_048
"""Readers who are looked up at a time."""
Span = tuple[Longs, Longs]
"""Where each user's clicks begin and where they end, shapes (batch,)."""


@dataclass(frozen=True)
class Histories:
    """Every user's clicks, oldest first, one user after the other.

    Attributes:
        origin: the moment, ms, from which times are counted.
        offsets: ms since then, shape (clicks,), in 32 bits where the log is shorter than 49 days.
        items: article indices in the same order.
        starts: where each user's clicks begin, shape (users + 1,).
        arrived: clicks that came in later, also of users who follow the others.
    """

    origin: int
    offsets: NDArray[np.uint32] | Longs
    items: Ints
    starts: Longs
    arrived: ClicksByUser = NO_ARRIVALS.by_user

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

    def known(self, users: Ints, as_of: Longs) -> tuple[Longs, Ints, Longs]:
        """Each user's clicks before each moment, oldest first, one user after the other; user ``PAD`` has none.

        Returns:
            Whose each click is, its article, its time in ms; shapes (clicks,).
        """
        rows, items, times = self._clicks_of(users)
        known = times < as_of[rows]  # a history is short: to compare all its times is quicker than to search
        return rows[known], items[known], times[known]

    def _clicks_of(self, users: Ints) -> tuple[Longs, Ints, Longs]:
        """All clicks of each user, as ``known`` gives those up to a moment."""
        logged = (users >= 0) & (users < len(self.starts) - 1)
        at = np.where(logged, users, 0)
        span = self.starts[at], self.starts[at + logged]
        if not len(self.arrived):
            return self._clicks(span)
        return self._clicks(span, self.arrived.spans(users, np.full(len(users), LAST)))

    def _all_spans(self, users: Ints, as_of: Longs) -> list[Span]:
        """Where each user's clicks are in the log and, where any have come in, among those."""
        arrived = [self.arrived.spans(users, as_of)] if len(self.arrived) else []
        return [self.spans(users, as_of), *arrived]

    def _clicks(self, logged: Span, arrived: Span | None = None) -> tuple[Longs, Ints, Longs]:
        """The clicks of spans, as ``known`` gives them."""
        flat, rows = ranges(*logged)
        items, times = self.items[flat], self.times(flat)
        if arrived is None:
            return rows, items, times
        late, late_rows = ranges(*arrived)
        if not len(late):
            return rows, items, times
        rows, items = np.append(rows, late_rows), np.append(items, self.arrived.items[late])
        times = np.append(times, self.arrived.times(late))
        order = user_keys(rows, times).argsort(kind="stable")  # two sorted runs: as fast as to merge them
        return rows[order], items[order], times[order]

    def times(self, which: slice | Longs) -> Longs:
        """The times of some of the clicks, ms."""
        return self.origin + self.offsets[which].astype(np.int64)

    def spans(self, users: Ints, as_of: Longs) -> tuple[Longs, Longs]:
        """Where each user's clicks before each moment begin and end in the log; ``PAD`` has none. Shapes (batch,)."""
        logged = np.where(users < len(self.starts) - 1, users, PAD)
        starts = self.starts[np.maximum(logged, 0)]
        return starts, self._before(logged, as_of)

    def _before(self, users: Ints, as_of: Longs) -> Longs:
        """Where each user's clicks before each moment end: binary searches in all their histories at once."""
        known = np.maximum(users, 0)
        low = self.starts[known]
        high = np.where(users >= 0, self.starts[np.minimum(known + 1, len(self.starts) - 1)], low)
        wanted, longest = np.asarray(as_of) - self.origin, int((high - low).max(initial=0))
        for bit in reversed(range(longest.bit_length())):  # on by so many clicks, where the last of them is earlier
            further = low + (1 << bit)
            earlier = self.offsets.take(further - 1, mode="clip") < wanted
            low = np.where(earlier & (further <= high), further, low)
        return low

    def of(self, user: int) -> tuple[Ints, Longs]:
        """One user's articles and times, oldest first."""
        if not len(self.arrived) and 0 <= user < len(self.starts) - 1:  # all in one place: nothing to look for
            mine = slice(int(self.starts[user]), int(self.starts[user + 1]))
            return self.items[mine], self.times(mine)
        _, items, times = self._clicks_of(np.array([user]))
        return items, times

    def visitors(self, users: Ints, as_of: Longs, contexts: Codes, depth: int, *, repeats: bool = False) -> Visitors:
        """The batch of these users at these moments, with their last ``depth`` clicks each; see ``make_visitors``."""
        rows, items, times = self.known(users, np.asarray(as_of))
        return make_visitors(rows, items, times, np.asarray(as_of), contexts, depth, repeats=repeats)

    def readers(self, clicks: Clicks, depth: int) -> Visitors:
        """Those who made some clicks, as they were just before, with their last ``depth`` clicks each.

        Nothing is barred for them: they are looked back at, and shown nothing.
        """
        spans = self._all_spans(clicks.users, clicks.times)
        last = [(np.maximum(starts, ends - depth), ends) for starts, ends in spans]
        found = make_visitors(*self._clicks(*last), clicks.times, clicks.contexts, depth)
        counts = np.sum([ends - starts for starts, ends in spans], axis=0)
        return replace(found, clicks=counts.astype(np.int32), barred=np.empty(0, np.int64))

    def readers_in_batches(self, clicks: Clicks, depth: int) -> Iterator[Visitors]:
        """The same, some of them at a time: a bound on memory."""
        for first in range(0, len(clicks), BATCH):
            yield self.readers(clicks.rows(slice(first, first + BATCH)), depth)


def _narrow(offsets: Longs) -> NDArray[np.uint32] | Longs:
    """In 32 bits where that is enough."""
    return offsets.astype(np.uint32) if offsets.max(initial=0) <= np.iinfo(np.uint32).max else offsets
