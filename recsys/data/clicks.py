"""Clicks as columns in the order of their times."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from recsys.core.types import Codes, Ints, Longs


@dataclass(frozen=True)
class Clicks:
    """Clicks in the order of their times; every column has shape (clicks,) but ``contexts``, (clicks, 6)."""

    users: Ints
    items: Ints
    times: Longs
    sessions: Longs
    contexts: Codes

    def __len__(self) -> int:
        return len(self.times)

    def rows(self, which: slice | NDArray[np.generic]) -> Clicks:
        """Some of the clicks: a view for a slice, a copy for an array."""
        return Clicks(*(getattr(self, column.name)[which] for column in fields(Clicks)))

    def between(self, start: int | None, end: int | None) -> Clicks:
        """The clicks with start <= time < end, as views."""
        first = 0 if start is None else int(np.searchsorted(self.times, start))
        last = len(self) if end is None else int(np.searchsorted(self.times, end))
        return self.rows(slice(first, last))

    def before(self, time: int) -> Clicks:
        """The clicks before a moment, as views."""
        return self.between(None, time)

    def joined(self, later: Clicks) -> Clicks:
        """These clicks and then later ones."""
        return Clicks(*(np.concatenate([getattr(self, c.name), getattr(later, c.name)]) for c in fields(Clicks)))

    def merged(self, others: Clicks) -> Clicks:
        """These clicks and others, in the order of their times; of the same moment, these first."""
        both = self.joined(others)
        return both.rows(np.argsort(both.times, kind="stable"))

    def by_session(self) -> Longs:
        """The rows session after session, each session's in the order of their times. Shape (clicks,)."""
        return np.argsort(self.sessions, kind="stable")
