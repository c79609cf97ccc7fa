"""Times as logs have them, whole numbers of four units, decimal numbers, dates in words, to milliseconds, UTC."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime

import numpy as np
import pandas as pd
import pyarrow as arrow

from recsys.core.timestamps import iso
from recsys.core.types import Longs
from recsys.data.reading.values import Column
from recsys.errors import DataError

YEAR_1990 = 631_152_000_000
YEAR_2039 = 2_177_452_800_000
"""The last moment that a (user, time) key can hold (see ``arrivals.TIME_BITS``), ms."""
UNITS = {"s": 1_000.0, "ms": 1.0, "us": 1e-3, "ns": 1e-6}
"""Milliseconds of each unit."""
UNIT_NAMES = {"s": "seconds", "ms": "milliseconds", "us": "microseconds", "ns": "nanoseconds"}
ISO = "ISO 8601"
FORMATS = (
    ISO, "%m/%d/%Y %I:%M:%S %p", "%d-%m-%Y %H:%M:%S", "%m-%d-%Y %H:%M:%S", "%d/%m/%Y %H:%M:%S", "%m/%d/%Y %H:%M:%S",
    "%d.%m.%Y %H:%M:%S", "%d-%m-%Y %H:%M", "%m-%d-%Y %H:%M", "%d/%m/%Y %H:%M", "%m/%d/%Y %H:%M", "%d.%m.%Y %H:%M",
    "%Y/%m/%d %H:%M:%S", "%Y/%m/%d %H:%M", "%Y%m%d%H%M%S", "%d/%b/%Y:%H:%M:%S %z", "%a %b %d %H:%M:%S %z %Y",
    "%d/%m/%Y", "%m/%d/%Y", "%d-%m-%Y", "%m-%d-%Y", "%d.%m.%Y", "%Y/%m/%d",
)  # fmt: skip
"""Tried in this order; the first that reads nearly all is taken, unless another one does that reads other days."""
CALENDAR_NUMBERS = {"%Y%m%d%H%M%S": 10**10, "%Y%m%d%H%M": 10**8, "%Y%m%d": 10**4}
"""Dates that look like numbers, and what a year is in them."""
NEARLY_ALL = 0.98
SAMPLE = 20_000
MISSING = np.iinfo(np.int64).min
"""Stands for a value that is not a time."""


@dataclass(frozen=True)
class TimeForm:
    """How the times of a column are written: a unit of whole or decimal numbers, or a format of text.

    Numbers count from ``origin``, ms.
    """

    unit: str | None = None
    format: str | None = None
    origin: int = 0

    def describe(self) -> str:
        """In words: "seconds, UTC"."""
        if self.unit is not None:
            since = f" from {iso(self.origin)} on" if self.origin else ""
            return f"{UNIT_NAMES[self.unit]}{since}, UTC"
        return "dates and times, UTC" if self.format in (ISO, None) else f"{self.format}, UTC"

    def read(self, column: Column) -> Longs:
        """The times in ms; ``MISSING`` where a value is none."""
        if self.origin:
            counted = replace(self, origin=0).read(column)
            return np.where(counted == MISSING, MISSING, counted + self.origin)
        if self.unit in UNITS and column.known.all():
            factor = UNITS[self.unit]
            with np.errstate(over="ignore"):
                return column.numbers * round(factor) if factor >= 1 else column.numbers // round(1 / factor)
        return self.read_series(column.values.to_pandas())

    def read_series(self, values: pd.Series) -> Longs:
        """The same of some of the values."""
        if pd.api.types.is_datetime64_any_dtype(values.dtype):
            return _to_ms(values)
        if self.unit is not None:
            return _scaled(values, self.unit)
        text = values.astype("string").str.removesuffix(" UTC").str.strip()
        how = "ISO8601" if self.format in (ISO, None) else self.format
        return _to_ms(pd.to_datetime(text, format=how, errors="coerce", utc=True))


def find_time_form(
    column: Column, unit: str | None = None, form: str | None = None, origin: datetime | None = None
) -> TimeForm | None:
    """How a column of times is written; None where its values are no times. What is given is not found out.

    Raises:
        DataError: it can be read in two ways that mean other days; the message says how to name one.
    """
    if origin is not None:
        known = origin if origin.tzinfo else origin.replace(tzinfo=UTC)
        return TimeForm(unit or "s", origin=round(known.timestamp() * 1000))
    if unit is not None or form is not None:
        return TimeForm(unit, form)
    if arrow.types.is_timestamp(column.values.type) or arrow.types.is_date(column.values.type):
        return TimeForm(format=ISO)
    sample = column.values.drop_null()
    sample = sample.take(np.arange(0, len(sample), max(len(sample) // SAMPLE, 1))).to_pandas()
    if not len(sample):
        return None
    numbers = pd.to_numeric(sample, errors="coerce").to_numpy(float, na_value=np.nan)
    for name, milliseconds in UNITS.items():
        inside = (numbers * milliseconds >= YEAR_1990) & (numbers * milliseconds < YEAR_2039)
        if inside.mean() >= 0.5:
            return TimeForm(unit=name)
    for name, year in CALENDAR_NUMBERS.items():
        inside = (numbers >= 1990 * year) & (numbers < 2039 * year)
        if inside.mean() >= 0.5:
            return TimeForm(format=name)
    if np.isfinite(numbers).mean() > 0.5:
        return None
    return _find_format(sample)


def _find_format(sample: pd.Series) -> TimeForm | None:
    found: list[tuple[str, Longs]] = []
    for one in FORMATS:
        read = TimeForm(format=one).read_series(sample)
        if (read != MISSING).mean() < NEARLY_ALL:
            continue
        if found and (read != found[0][1]).any():
            first, second = found[0][0], one
            raise DataError(
                f"the times ({sample.iloc[0]!r}, for example) can be read as {first} and as {second}: name one with "
                f'`format = "{first}"` under [times] in a dataset.toml'
            )
        found.append((one, read))
        if one == ISO:
            break
    return TimeForm(format=found[0][0]) if found else None


def _scaled(values: pd.Series, unit: str) -> Longs:
    factor = UNITS[unit]
    numbers = pd.to_numeric(values, errors="coerce").to_numpy(float, na_value=np.nan)
    known = np.isfinite(numbers) & (np.abs(numbers * factor) < 2**62)
    found = np.full(len(numbers), MISSING, np.int64)
    found[known] = np.round(numbers[known] * factor).astype(np.int64)
    return found


def _to_ms(moments: pd.Series) -> Longs:
    naive = moments.dt.tz_convert("UTC").dt.tz_localize(None) if moments.dt.tz is not None else moments
    found = naive.to_numpy("datetime64[ms]").astype(np.int64)
    return np.where(naive.isna().to_numpy(), MISSING, found)
