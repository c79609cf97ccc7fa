"""Columns of ids and of context as logs have them, numbers or names, to whole numbers."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

import numpy as np
import pandas as pd
import pyarrow as arrow
import pyarrow.compute as compute
from numpy.typing import NDArray

from recsys.core.types import Bools, Longs
from recsys.data.names import number_of

FEW = 0.01
"""A column holds numbers where no more than this share of its values, or one, is anything else."""
NOTHING = ("", "null", "nan", "none", "n/a", "\\n", "(not set)")
"""How programs write that there is nothing."""
LARGEST_CODE = int(np.iinfo(np.int16).max)


class Column:
    """A column of a log, looked at as numbers and as names. Shapes (rows,)."""

    def __init__(self, values: arrow.ChunkedArray) -> None:
        self.values = values
        self.numbers, self.known = _whole_numbers(values)
        """The values as whole numbers, and which are one: a number with leading zeros, say, is a name."""

    def __len__(self) -> int:
        return len(self.values)

    @cached_property
    def empty(self) -> Bools:
        """Which values are nothing."""
        if self.known.all():
            return np.zeros(len(self), bool)
        found = compute.is_null(self.values, nan_is_null=True)
        if arrow.types.is_string(self.values.type) or arrow.types.is_large_string(self.values.type):
            text = compute.utf8_lower(compute.utf8_trim_whitespace(self.values)).fill_null("")
            found = compute.or_(found, compute.is_in(text, arrow.array(NOTHING)))
        return np.asarray(found.to_numpy(zero_copy_only=False)).astype(bool)

    def holds_numbers(self, least: int = -(1 << 63), most: int = (1 << 63) - 1) -> bool:
        """Whether nearly all that is not empty is a whole number, from ``least`` to ``most``."""
        good = self.known & (self.numbers >= least) & (self.numbers <= most)
        odd = int((~good & ~self.empty).sum())
        return odd <= max(1, FEW * len(self)) and bool(good.any())

    def names(self) -> NDArray[np.object_]:
        """The values as text, "" where there is nothing."""
        found = self.values.cast(arrow.string()).fill_null("").to_numpy(zero_copy_only=False).astype(object)
        if self.empty.any():
            found[self.empty] = ""
        return found

    def shown(self, row: int) -> str:
        """A value as messages have it."""
        found = self.values[row].as_py()
        return repr(found[:40]) if isinstance(found, str) else repr("" if found is None else found)


def _whole_numbers(values: arrow.ChunkedArray) -> tuple[Longs, Bools]:
    kind = values.type
    if arrow.types.is_integer(kind):
        known = np.asarray(compute.is_valid(values).to_numpy())
        if arrow.types.is_uint64(kind):
            known &= np.asarray(compute.less(values, 1 << 63).fill_null(False).to_numpy())
            values = compute.if_else(arrow.chunked_array([known]), values, arrow.scalar(0, kind))
        return values.fill_null(0).cast(arrow.int64()).to_numpy(), known
    if arrow.types.is_floating(kind):
        numbers = values.to_numpy()
        known = np.isfinite(numbers) & (numbers == np.round(numbers)) & (np.abs(numbers) < 1 << 53)
        return np.where(known, numbers, 0).astype(np.int64), known
    text = values.cast(arrow.string())
    try:
        numbers = text.cast(arrow.int64())
        if not text.null_count and not compute.any(compute.match_substring_regex(text, "^-?0.|^[+ ]")).as_py():
            return numbers.to_numpy(), np.ones(len(text), bool)
    except arrow.ArrowInvalid:
        pass
    # A table with gaps is often written with decimals: 10.0.
    good = compute.match_substring_regex(text, r"^(0|-?[1-9][0-9]{0,17})(\.0+)?$").fill_null(False)
    whole = compute.replace_substring_regex(compute.if_else(good, text, "0"), r"\.0+$", "")
    return whole.cast(arrow.int64()).to_numpy(), np.asarray(good.to_numpy())


def numbered(names: NDArray[np.object_]) -> tuple[list[str], Longs]:
    """The different names, and the number of each value's."""
    codes, unique = pd.factorize(names)
    found = [str(name) for name in unique]
    return found, np.array([number_of(name) for name in found], np.int64)[codes]


def coded(names: NDArray[np.object_], known: Sequence[str] = ()) -> tuple[dict[int, str], Longs]:
    """Codes of names, from 1, the most frequent first, with 0 for nothing; those of ``known`` come first."""
    counts = pd.Series(names[names != ""]).value_counts()
    order = [*known, *sorted((n for n in counts.index if n not in known), key=lambda n: (-int(counts[n]), str(n)))]
    order = order[:LARGEST_CODE]
    codes = {str(name): code for code, name in enumerate(order, start=1)}
    return {code: name for name, code in codes.items()}, np.asarray(pd.Series(names).map(codes).fillna(0), np.int64)
