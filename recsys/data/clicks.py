"""Clicks as columns in the order of their times."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from recsys.core.types import Codes, Floats, Ints, Longs


@dataclass(frozen=True)
class Clicks:
    """Clicks in the order of their times; every column has shape (clicks,) but ``contexts``, (clicks, 6).

    ``weights`` say how much each counts where what readers do counts differently, as a purchase and a look; None
    where all count 1. ``ids`` are the numbers (``names.number_of``) of what tells clicks apart, None where the log has
    nothing of the kind.
    """

    users: Ints
    items: Ints
    times: Longs
    sessions: Longs
    contexts: Codes
    weights: Floats | None = None
    ids: Longs | None = None

    def __len__(self) -> int:
        return len(self.times)

    def rows(self, which: slice | NDArray[np.generic]) -> Clicks:
        """Some of the clicks: a view for a slice, a copy for an array."""
        return Clicks(**{name: column[which] for name, column in self.columns().items()})

    def columns(self) -> dict[str, NDArray[Any]]:
        """The columns that there are, by name."""
        found = {column.name: getattr(self, column.name) for column in fields(Clicks)}
        return {name: column for name, column in found.items() if column is not None}

    def counted(self) -> Floats:
        """How much each click counts, shape (clicks,)."""
        return np.ones(len(self), np.float32) if self.weights is None else self.weights

    def between(self, start: int | None, end: int | None) -> Clicks:
        """The clicks with start <= time < end, as views."""
        first = 0 if start is None else int(np.searchsorted(self.times, start))
        last = len(self) if end is None else int(np.searchsorted(self.times, end))
        return self.rows(slice(first, last))

    def before(self, time: int) -> Clicks:
        """The clicks before a moment, as views."""
        return self.between(None, time)

    def joined(self, *later: Clicks) -> Clicks:
        """These clicks and then later ones."""
        parts = (self, *later)
        names = [name for name in self.columns() if name not in {"weights", "ids"}]
        columns = {name: np.concatenate([getattr(one, name) for one in parts]) for name in names}
        ids = [one.ids for one in parts if one.ids is not None]
        all_ids = np.concatenate(ids) if len(ids) == len(parts) else None
        return Clicks(**columns, weights=joined_weights(*parts), ids=all_ids)

    def merged(self, others: Clicks) -> Clicks:
        """These clicks and others, in the order of their times; of the same moment, these first."""
        both = self.joined(others)
        follow = not len(self) or not len(others) or self.times[-1] <= others.times[0]
        if follow and (others.times[1:] >= others.times[:-1]).all():
            return both
        return both.rows(np.argsort(both.times, kind="stable"))

    def by_session(self) -> Longs:
        """The rows session after session, each session's in the order of their times. Shape (clicks,)."""
        return np.argsort(self.sessions, kind="stable")


class Weighted(Protocol):
    """Clicks of which each may count differently; see ``Clicks``."""

    @property
    def weights(self) -> Floats | None:
        """The weights, None where all are 1."""

    def counted(self) -> Floats:
        """The weights, shape (clicks,)."""


def joined_weights(*parts: Weighted) -> Floats | None:
    """The weights of some clicks and then of others; None where all are 1."""
    if all(one.weights is None for one in parts):
        return None
    return np.concatenate([one.counted() for one in parts])
