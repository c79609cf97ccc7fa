"""The context of a user, as of any moment of the replay hours."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from recsys.core.types import Codes, Ints, Longs
from recsys.data.arrivals import NO_ARRIVALS, ClicksByUser
from recsys.data.clicks import Clicks


@dataclass(frozen=True)
class Profiles:
    """Each user's context at the moment of training, and the contexts of later clicks.

    Attributes:
        base: shape (users, 6); all ``UNKNOWN`` for users not seen by then.
        later: the clicks of the replay hours.
        arrived: those that came in since, also of users who follow the others.
    """

    base: Codes
    later: ClicksByUser
    arrived: ClicksByUser = NO_ARRIVALS.by_user

    @classmethod
    def from_clicks(cls, base: Codes, later: Clicks) -> Profiles:
        """Profiles that follow the later clicks."""
        return cls(base, ClicksByUser.of(later))

    def of(self, users: Ints, as_of: Longs) -> Codes:
        """The context in which each user was last seen, shapes (batch,) to (batch, 6); user -1 has none.

        A click at the very moment is the one that the request belongs to: its context counts.
        """
        logged = (users >= 0) & (users < len(self.base))
        found = np.zeros((len(users), self.base.shape[1]), np.int16)
        found[logged] = self.base[users[logged]]
        newest = np.full(len(users), -1, np.int64)
        for clicks in (self.later, self.arrived):
            if not len(clicks):
                continue
            rows, seen = clicks.last(users, as_of)
            times = clicks.keys.take(rows, mode="clip")
            newer = (seen & (times >= newest)).nonzero()[0]
            found[newer], newest[newer] = clicks.contexts[rows[newer]], times[newer]
        return found


def last_contexts(clicks: Clicks, users: int) -> Codes:
    """The context of each user's last click, all zero for users without one. Shape (users, 6)."""
    contexts = np.zeros((users, clicks.contexts.shape[1]), np.int16)
    newest_first = slice(None, None, -1)
    who, last = np.unique(clicks.users[newest_first], return_index=True)
    contexts[who] = clicks.contexts[newest_first][last]
    return contexts
