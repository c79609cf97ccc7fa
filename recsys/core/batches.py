"""Batches as arrays: visitors with their histories, and the candidates that a retriever found for them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from recsys.core.arrays import first_columns, pair_keys
from recsys.core.types import HOUR, PAD, Codes, Floats, Ints, Longs


@dataclass(frozen=True, eq=False)
class Visitors:
    """A batch of visitors as arrays, in the form in which retrievers and features read them.

    Attributes:
        items: the last clicks, newest first, shape (batch, depth), padded with ``PAD``.
        times: their times in ms, same shape, 0 where padded.
        contexts: shape (batch, 6), in the order of ``CONTEXT_FIELDS``.
        as_of: the moment of each request in ms, shape (batch,).
        clicks: the length of each whole history, shape (batch,).
        barred: what may not be listed, as keys ``row << 32 | article`` in any order, shape (any,): every article that
            they have read or, where readers come back to what they read, the one that they have open.
    """

    items: Ints
    times: Longs
    contexts: Codes
    as_of: Longs
    clicks: Ints
    barred: Longs

    def __len__(self) -> int:
        return len(self.items)

    def of(self, row: int) -> Visitors:
        """One visitor, as a batch of one."""
        mine = slice(row, row + 1)
        barred = self.barred[self.barred >> 32 == row] - (row << 32)
        return Visitors(
            self.items[mine], self.times[mine], self.contexts[mine], self.as_of[mine], self.clicks[mine], barred
        )

    @cached_property
    def all_new(self) -> bool:
        """Whether there are visitors and none of them has read anything."""
        return len(self) > 0 and bool((self.items == PAD).all())

    def visit_lengths(self) -> Longs:
        """How many of the last clicks belong to the present visit: each within an hour of the next, or of now."""
        apart = np.empty(self.times.shape, np.int64)
        apart[:, :1] = self.as_of[:, None] - self.times[:, :1]
        apart[:, 1:] = self.times[:, :-1] - self.times[:, 1:]
        near = (self.items != PAD) & (apart < HOUR)
        return np.logical_and.accumulate(near, axis=1).sum(axis=1)


def make_visitors(
    rows: Longs, items: Ints, times: Longs, as_of: Longs, contexts: Codes, depth: int, *, repeats: bool = False
) -> Visitors:
    """Lay out histories, given flat and oldest first within each visitor's row, as a batch.

    With ``repeats`` all but the newest click of each may be listed again.
    """
    batch = len(as_of)
    counts = np.bincount(rows, minlength=batch)
    age = np.cumsum(counts)[rows] - 1 - np.arange(len(rows))  # 0 for the newest click of a row
    recent = age < depth
    laid_items = np.full((batch, depth), PAD, np.int32)
    laid_times = np.zeros((batch, depth), np.int64)
    laid_items[rows[recent], age[recent]] = items[recent]
    laid_times[rows[recent], age[recent]] = times[recent]
    barred = (items != PAD) & ((age == 0) | (not repeats))
    return Visitors(
        laid_items, laid_times, contexts, as_of, counts.astype(np.int32), pair_keys(rows[barred], items[barred])
    )


@dataclass(frozen=True)
class Candidates:
    """A retriever's suggestions for a batch, best first.

    Attributes:
        items: article indices, shape (batch, n), padded with ``PAD`` at the end of a row.
        scores: same shape, not increasing within a row; -inf where padded.
    """

    items: Ints
    scores: Floats

    def of(self, row: int) -> Candidates:
        """One visitor's candidates, as a batch of one."""
        return Candidates(self.items[row : row + 1], self.scores[row : row + 1])

    def first(self, n: int) -> Ints:
        """The best ``n`` articles of each visitor, padded with ``PAD``. Shape (batch, n)."""
        return first_columns(self.items, n)
