"""The largest values of many rows at once."""

from __future__ import annotations

import numpy as np

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
    keys = np.empty((len(values), max(int(found.max(initial=0)), width)), np.int64)
    keys.fill(NOWHERE)
    keys[np.arange(keys.shape[1]) < found[:, None]] = falling_keys(values.ravel().take(at)) << 32 | at
    keys.sort(axis=1)
    return keys[:, :width] & 0xFFFFFFFF, np.arange(width) < np.minimum(found, most)[:, None]


def falling(values: Floats, starts: Longs) -> Longs:
    """The places of spans of values, one span after the other, in each by falling value, equal ones by place.

    Args:
        values: float32, shape (any,).
        starts: where the spans begin, and where the last one ends, shape (spans + 1,).
    """
    lengths = starts[1:] - starts[:-1]
    keys = np.empty((len(lengths), int(lengths.max(initial=0))), np.int64)
    keys.fill(NOWHERE)
    mine = np.arange(keys.shape[1]) < lengths[:, None]
    keys[mine] = falling_keys(values) << 32 | np.arange(len(values))
    keys.sort(axis=1)
    return keys[mine] & 0xFFFFFFFF


def falling_keys(values: Floats) -> Longs:
    """Integers of 32 bits that fall as float32 values rise: the bits of a float are in order, but for the sign."""
    bits = (values + np.float32(0)).view(np.int32)  # -0.0 becomes 0.0
    return ~(bits ^ (bits >> 31 & 0x7FFFFFFF)).astype(np.int64)


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
