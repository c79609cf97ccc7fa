"""Clicks that came late: what they touch is counted anew, and nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from recsys.core.arrays import contains
from recsys.core.types import Ints
from recsys.data.clicks import Clicks

MOST = 64
"""Where more come at once, it is as quick to count everything anew."""


@dataclass(frozen=True, eq=False)
class LateClicks:
    """Clicks that came after others that are younger.

    Attributes:
        late: the clicks, in the order of their times.
        since: all clicks since the moment from which is counted anew, these included, in the order of their times.
    """

    late: Clicks
    since: Clicks

    @cached_property
    def items(self) -> Ints:
        """The articles whose readers were others than it seemed, ascending: those of the late clicks, and what the same
        users opened afterwards, with one click more behind them.
        """
        users, first = np.unique(self.late.users, return_index=True)  # the first of each is the earliest
        at = np.minimum(np.searchsorted(users, self.since.users), len(users) - 1)
        after = (users[at] == self.since.users) & (self.since.times >= self.late.times[first][at])
        return np.unique(self.since.items[after])

    @cached_property
    def on_items(self) -> Clicks:
        """All clicks on these articles."""
        return self.since.rows(contains(self.items, self.since.items))
