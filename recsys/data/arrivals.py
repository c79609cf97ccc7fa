"""Clicks that came in after a log was read: few beside the log's own, which are not moved for them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from recsys.core.arrays import find, ranges
from recsys.core.types import MINUTE, PAD, SECOND, Bools, Codes, Ints, Longs
from recsys.data.clicks import Clicks

TIME_BITS = 41
"""Bits of a time in ms within a (user, time) key: enough until 2039, and for four million users."""


def user_keys(users: Ints | Longs, times: Longs) -> Longs:
    """Pack users and moments, ms, into sortable keys ``user << TIME_BITS | time``."""
    return (users.astype(np.int64) << TIME_BITS) | np.asarray(times, np.int64)


@dataclass(frozen=True, eq=False)
class Newcomers:
    """Ids that a log did not have.

    Attributes:
        ids: in the order in which they came, shape (n,).
        in_order: the same, sorted.
        places: where each of these is in ``ids``.
    """

    ids: Longs
    in_order: Longs
    places: Longs

    def __len__(self) -> int:
        return len(self.ids)

    def find(self, wanted: Longs) -> Ints:
        """The place of each id, or ``PAD``."""
        at = find(self.in_order, wanted)
        return np.where(at == PAD, PAD, self.places[at]).astype(np.int32) if len(self) else at

    def with_ids(self, new: Longs) -> Newcomers:
        """These and further ones, none of which is here yet."""
        order = np.argsort(new, kind="stable")
        at = np.searchsorted(self.in_order, new[order])
        places = np.insert(self.places, at, len(self.ids) + order)
        return Newcomers(np.append(self.ids, new), np.insert(self.in_order, at, new[order]), places)


def new_ids(ids: Longs, known: Bools) -> Longs:
    """The different ids that are not known, in the order in which they first came."""
    missing = ids[~known]
    _, first = np.unique(missing, return_index=True)
    return missing[np.sort(first)]


@dataclass(frozen=True, eq=False)
class ClicksByUser:
    """Clicks in the order of users, and of each user's in the order of their times; of the same moment, as they came.

    Attributes:
        keys: ``user << TIME_BITS | time``, sorted, shape (clicks,).
        items: article indices, shape (clicks,).
        contexts: shape (clicks, 6).
        ids: the numbers of what tells clicks apart, sorted, where a log has that.
    """

    keys: Longs
    items: Ints
    contexts: Codes
    ids: Longs | None = None

    @classmethod
    def of(cls, clicks: Clicks) -> ClicksByUser:
        """Clicks in any order; of the same user and moment they keep it."""
        keys = user_keys(clicks.users, clicks.times)
        order = np.argsort(keys, kind="stable")
        ids = None if clicks.ids is None else np.sort(clicks.ids)
        return cls(keys[order], clicks.items[order], clicks.contexts[order], ids)

    def __len__(self) -> int:
        return len(self.keys)

    def with_clicks(self, clicks: Clicks) -> ClicksByUser:
        """These clicks and others, which came later: of the same user and moment, these come first."""
        new = ClicksByUser.of(clicks)
        at = np.searchsorted(self.keys, new.keys, side="right")
        return ClicksByUser(
            np.insert(self.keys, at, new.keys),
            np.insert(self.items, at, new.items),
            np.insert(self.contexts, at, new.contexts, axis=0),
        )

    def spans(self, users: Ints, as_of: Longs) -> tuple[Longs, Longs]:
        """Where each user's clicks before each moment begin and end; user ``PAD`` has none. Shapes (batch,)."""
        known = np.maximum(users, 0)
        starts = np.searchsorted(self.keys, user_keys(known, np.zeros(len(known), np.int64)))
        ends = np.searchsorted(self.keys, user_keys(known, as_of))
        return starts, np.where(users == PAD, starts, ends)

    def times(self, rows: Longs) -> Longs:
        """The times of some of the clicks, ms."""
        return self.keys[rows] & ((1 << TIME_BITS) - 1)

    @cached_property
    def exactness(self) -> int:
        """The unit, ms, of which all times are multiples."""
        times = self.times(np.arange(len(self)))
        return next(unit for unit in (MINUTE, SECOND, 1) if not (times % unit).any())

    def holds(self, users: Ints, items: Ints, times: Longs) -> Bools:
        """Which clicks are among these, by user, article and time; a user or article ``PAD`` has none. Shape (n,)."""
        keys = user_keys(np.maximum(users, 0), times)
        rows, of = ranges(np.searchsorted(self.keys, keys), np.searchsorted(self.keys, keys, side="right"))
        same = (self.items[rows] == items[of]) & (users[of] != PAD)
        return np.bincount(of[same], minlength=len(users)) > 0

    def last(self, users: Ints, as_of: Longs) -> tuple[Longs, Bools]:
        """The row of each user's last click up to and at each moment, and whether there is one. Shapes (batch,)."""
        rows = self.keys.searchsorted(user_keys(users, as_of), side="right") - 1
        return rows, (rows >= 0) & (self.keys.take(rows, mode="clip") >> TIME_BITS == users) & (users != PAD)


@dataclass(frozen=True, eq=False)
class Arrivals:
    """Clicks that came in, in the two orders in which they are asked for."""

    by_time: Clicks
    by_user: ClicksByUser

    @classmethod
    def of(cls, clicks: Clicks) -> Arrivals:
        """These clicks, in the order in which they came."""
        return cls(clicks.rows(np.argsort(clicks.times, kind="stable")), ClicksByUser.of(clicks))

    def __len__(self) -> int:
        return len(self.by_time)

    def with_clicks(self, clicks: Clicks) -> Arrivals:
        """These and further ones."""
        return Arrivals(self.by_time.merged(clicks), self.by_user.with_clicks(clicks))


NO_CLICKS = Clicks(
    users=np.empty(0, np.int32),
    items=np.empty(0, np.int32),
    times=np.empty(0, np.int64),
    sessions=np.empty(0, np.int64),
    contexts=np.empty((0, 6), np.int16),
)
NO_ARRIVALS = Arrivals.of(NO_CLICKS)
NOBODY = Newcomers(*(np.empty(0, np.int64) for _ in range(3)))
