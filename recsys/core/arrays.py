"""Helpers for arrays that several parts need."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numpy as np
from numpy.typing import NDArray

from recsys.core.types import PAD, Bools, Doubles, Floats, Ints, Longs

Array = TypeVar("Array", bound=NDArray[Any])
ITEM_MASK = (1 << 32) - 1
"""The item in a key of ``pair_keys``."""
BLOCK = 512
"""Rows that ``product`` multiplies at once: few enough to stay in a core's cache."""
TO_GRID = 1.5 * 2.0**32
"""Added to a float64 and taken off again, it leaves the nearest multiple of 2^-20, float64's step there."""


def first_columns(items: Ints, n: int) -> Ints:
    """The first ``n`` columns, padded with ``PAD`` where there are fewer. Shapes (batch, any) to (batch, n)."""
    found = np.full((len(items), n), PAD, np.int32)
    found[:, : items.shape[1]] = items[:, :n]
    return found


def pair_keys(rows: Ints | Longs | int, items: Ints | Longs) -> Longs:
    """Pack (row, item) pairs into sortable keys ``row << 32 | item``; ``PAD`` sorts before its row's items."""
    return (np.asarray(rows, np.int64) << 32) + items


def contains(sorted_keys: Ints | Longs, keys: Ints | Longs) -> Bools:
    """Whether each key is in a sorted array."""
    return contains_at(sorted_keys, keys, sorted_keys.searchsorted(keys))


def contains_at(sorted_keys: Ints | Longs, keys: Ints | Longs, at: Longs) -> Bools:
    """The same where it is known at which places the keys would be."""
    if len(sorted_keys) == 0:
        return np.zeros(np.shape(keys), bool)
    return np.asarray(sorted_keys.take(at, mode="clip") == keys)


def ranges(starts: Longs, ends: Longs) -> tuple[Longs, Longs]:
    """The integers of several ranges one after the other, and which range each belongs to."""
    lengths = ends - starts
    rows = np.arange(len(starts)).repeat(lengths)
    offsets = lengths.cumsum() - lengths
    return np.arange(len(rows)) + (starts - offsets)[rows], rows


def find(ids: Longs, wanted: Longs, order: Longs | None = None) -> Ints:
    """The index of each id, or ``PAD``; ``order`` sorts the ids where they are not sorted."""
    if len(ids) == 0:
        return np.full(np.shape(wanted), PAD, np.int32)
    at = np.minimum(ids.searchsorted(wanted, sorter=order), len(ids) - 1)
    at = at if order is None else order[at]
    return np.where(ids[at] == wanted, at, PAD).astype(np.int32)


def grown(array: Array, length: int, value: object = 0) -> Array:
    """The array with rows of one value appended up to a length; the array itself where it is that long."""
    if len(array) == length:
        return array
    tail = np.full((length - len(array), *array.shape[1:]), value, array.dtype)
    return cast(Array, np.concatenate([array, tail]))


def changes(values: Ints | Longs) -> Bools:
    """Where a value is not the one before it, which the first always is; shape (n,)."""
    return np.concatenate([[True], values[1:] != values[:-1]])[: len(values)]


def different(values: Ints) -> tuple[Ints, Longs]:
    """The different values, ascending, and which of them each is; shapes (n,) to (any,), (n,)."""
    if len(values) == 1:  # a request by itself: nothing to sort
        return values, np.zeros(1, np.int64)
    return np.unique(values, return_inverse=True)


def occurrence(values: Ints | Longs) -> Longs:
    """How often each value came earlier in the array: 0 the first time, 1 the second time, and so on."""
    order = np.argsort(values, kind="stable")
    in_order = values[order]
    new = changes(in_order)
    starts = np.maximum.accumulate(np.where(new, np.arange(len(values)), 0)) if len(values) else order
    nth = np.empty(len(values), np.int64)
    nth[order] = np.arange(len(values)) - starts
    return nth


def from_tables(table: Callable[[Any], Doubles], keys: list[Any], rows: Ints, places: Ints) -> Doubles:
    """What the table of each row's key says of its place; ``table`` gives that of a key, shape (places,).

    ``keys`` are as many as ``rows`` refers to; shapes (pairs,), (pairs,) to (pairs,).
    """
    if not keys:
        return np.zeros(len(rows))
    if keys.count(keys[0]) == len(keys):
        return table(keys[0]).take(places)
    number = {key: at for at, key in enumerate(dict.fromkeys(keys))}
    which = np.array([number[key] for key in keys], np.int64)
    return np.array([table(key) for key in number])[which[rows], places]


def product(rows: Floats, matrix: Floats | Doubles) -> Floats:
    """``rows @ matrix``: each row has the same bits alone, in any batch and on any processor; (n, k), (k, m) to (n, m).

    BLAS adds up in an order that depends on the size of the product, on a row's place in it and on the processor. So
    nothing is rounded on the way: both sides are taken to the nearest multiple of 2^-20, and sums of such products are
    exact in float64, in whatever order, while they are below 2^13. A matrix in float64 is taken to be one of
    ``on_grid``.
    """
    exact = matrix if matrix.dtype == np.float64 else on_grid(matrix)
    found = np.empty((len(rows), matrix.shape[1]), np.float32)
    for first in range(0, len(rows), BLOCK):
        some = slice(first, first + BLOCK)
        found[some] = on_grid(rows[some]) @ exact
    return found


def on_grid(values: Floats | Doubles) -> Doubles:
    """Values as ``product`` takes them: the nearest multiples of 2^-20."""
    found = values.astype(np.float64)
    found += TO_GRID
    found -= TO_GRID
    return found


def against(vectors: Floats, table: Floats) -> Floats:
    """The product of each vector with every row of a table, shapes (n, k), (m, k) to (n, m).

    A vector at a time, so that it has the same bits alone and in any batch.
    """
    found = np.empty((len(vectors), len(table)), np.float32)
    for vector, row in zip(vectors, found, strict=True):
        np.dot(table, vector, out=row)
    return found


def scatter_rows(rows: Floats, indices: Ints, length: int) -> Floats:
    """A table of zeros except for some rows; shapes (n, d), (n,) to (length, d)."""
    table = np.zeros((length, rows.shape[1]), rows.dtype)
    table[indices] = rows
    return table


def smoothed(counts: NDArray[Any], totals: NDArray[Any] | float, prior: NDArray[Any] | float, strength: float) -> Any:
    """Shares with ``strength`` pseudo-clicks spread like ``prior`` (additive smoothing)."""
    return (counts + strength * prior) / (totals + strength)


def ranks_of(targets: Ints | Longs, lists: Ints | Longs) -> Longs:
    """The rank of each target in its list, from 1; 0 where it is not in it. Shapes (n,), (n, length) to (n,)."""
    if lists.shape[1] == 0:
        return np.zeros(len(targets), np.int64)
    hits = lists == targets[:, None]
    return np.where(hits.any(axis=1), hits.argmax(axis=1) + 1, 0)
