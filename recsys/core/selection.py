"""The largest values of many rows at once."""

from __future__ import annotations

import numpy as np

from recsys.core.arrays import ITEM_MASK, pair_keys
from recsys.core.types import Bools, Floats, Longs

SAMPLED = 16
"""One value in so many is looked at to guess which are large."""
LOWEST = np.finfo(np.float32).min
NOWHERE = np.iinfo(np.int64).max
"""A key that comes after all others."""


def largest(values: Floats, most: Longs) -> tuple[Longs, Bools]:
    """Where the largest values of each row are, the largest first, equal ones by place; -inf is not a value.

    Most values are dropped by a bound that a sample says enough are above (Floyd & Rivest, "Expected time bounds for
    selection", CACM 1975), and of a row in which too few are, none. The rest is sorted as integers, for which
    processors have instructions.

    Args:
        values: float32, shape (rows, any), fewer than 2^32 in all.
        most: how many are wanted of each row, shape (rows,).

    Returns:
        The places in ``values.ravel()``, and which of them there are: a row may have fewer values than are wanted, or
        fewer may be wanted than of another. Shapes (rows, most of all).
    """
    width = min(int(most.max(initial=0)), values.shape[1])
    if not width:
        return np.empty((len(values), 0), np.int64), np.empty((len(values), 0), bool)
    bounds = _bounds(values, most)
    above = values >= bounds[:, None]
    at, found = _places(above)
    if len(few := ((found < most) & (bounds > LOWEST)).nonzero()[0]):
        above[few] = values[few] >= LOWEST
        at, found = _places(above)
    keys, _ = _sorted_rows(values.ravel().take(at), at, found, width)
    return keys[:, :width] & ITEM_MASK, np.arange(width) < np.minimum(found, most)[:, None]


def falling(values: Floats, starts: Longs) -> Longs:
    """The places of spans of values, one span after the other, in each by falling value, equal ones by place.

    Args:
        values: float32, shape (any,).
        starts: where the spans begin, and where the last one ends, shape (spans + 1,).
    """
    keys, mine = _sorted_rows(values, np.arange(len(values)), starts[1:] - starts[:-1])
    return keys[mine] & ITEM_MASK


def _sorted_rows(values: Floats, places: Longs, lengths: Longs, width: int = 0) -> tuple[Longs, Bools]:
    """Keys by falling value and then by place, sorted within each row; and which there are in a row of that length.

    ``values`` and ``places`` are row after row, shape (any,); rows are at least ``width`` wide, ``NOWHERE`` at the end.
    """
    # The bits of a float are in order, but for the sign; -0.0 becomes 0.0.
    bits = (values + np.float32(0)).view(np.int32)
    keys = np.empty((len(lengths), max(int(lengths.max(initial=0)), width)), np.int64)
    keys.fill(NOWHERE)
    mine = np.arange(keys.shape[1]) < lengths[:, None]
    keys[mine] = pair_keys(~(bits ^ (bits >> 31 & 0x7FFFFFFF)), places)
    keys.sort(axis=1)
    return keys, mine


def _bounds(values: Floats, most: Longs) -> Floats:
    """A value of each row that as many as are wanted are above, most likely; shape (rows,)."""
    sample = values[:, ::SAMPLED].copy()
    sample.sort(axis=1)
    share = most / SAMPLED
    above = (share + 4 * np.sqrt(share)).astype(np.int64) + 1  # four standard deviations: hardly ever too few
    at = sample.shape[1] - 1 - above
    bounds = np.where(at >= 0, sample[np.arange(len(sample)), np.maximum(at, 0)], LOWEST)
    return np.maximum(bounds, LOWEST)


def _places(chosen: Bools) -> tuple[Longs, Longs]:
    """Where the chosen ones are in ``chosen.ravel()``, and how many there are of each row."""
    at = chosen.ravel().nonzero()[0]
    starts = at.searchsorted(np.arange(len(chosen) + 1) * chosen.shape[1])
    return at, starts[1:] - starts[:-1]
