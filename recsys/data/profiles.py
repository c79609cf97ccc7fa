"""The context of a user, as of any moment of the replay hours."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from recsys.core.types import Codes, Ints, Longs
from recsys.data.clicks import Clicks
from recsys.data.histories import TIME_BITS, user_keys


@dataclass(frozen=True)
class Profiles:
    """Each user's context at the moment of training, and the contexts of later clicks.

    Attributes:
        base: shape (users, 6); all ``UNKNOWN`` for users not seen by then.
        keys: ``user << TIME_BITS | time`` of the later clicks, sorted, shape (clicks,).
        contexts: theirs, shape (clicks, 6).
    """

    base: Codes
    keys: Longs
    contexts: Codes

    @classmethod
    def from_clicks(cls, base: Codes, later: Clicks) -> Profiles:
        """Profiles that follow the later clicks."""
        keys = user_keys(later.users, later.times)
        order = np.argsort(keys, kind="stable")
        return cls(base, keys[order], later.contexts[order])

    def of(self, users: Ints, as_of: Longs) -> Codes:
        """The context in which each user was last seen, shapes (batch,) to (batch, 6); user -1 has none.

        A click at the very moment is the one that the request belongs to: its context counts.
        """
        known = np.maximum(users, 0)
        found = np.where((users >= 0)[:, None], self.base[known], 0).astype(np.int16)
        if len(self.keys):
            last = np.searchsorted(self.keys, user_keys(known, as_of), side="right") - 1
            seen = (last >= 0) & (self.keys[last] >> TIME_BITS == known) & (users >= 0)
            found[seen] = self.contexts[last[seen]]
        return found


def last_contexts(clicks: Clicks, users: int) -> Codes:
    """The context of each user's last click, all zero for users without one. Shape (users, 6)."""
    contexts = np.zeros((users, clicks.contexts.shape[1]), np.int16)
    newest_first = slice(None, None, -1)
    who, last = np.unique(clicks.users[newest_first], return_index=True)
    contexts[who] = clicks.contexts[newest_first][last]
    return contexts
