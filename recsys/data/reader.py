"""Reads one file of clicks: the fast way where it is sound, line by line where it is not."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as arrow
import pyarrow.csv as arrow_csv
import pyarrow.parquet as parquet

from recsys.core.types import Ints
from recsys.data.dataset_settings import Columns
from recsys.errors import DataError

OURS = tuple(Columns.model_fields)
"""Our names of the columns, in order; a log's own are the values of its ``Columns``."""


@dataclass(frozen=True)
class BadRow:
    """A row that can't be used: where it is and why."""

    file: str
    line: int
    reason: str

    def __str__(self) -> str:
        where = f" line {self.line}" if self.line else ""
        return f"{self.file}{where}: {self.reason}"


@dataclass(frozen=True)
class RawFile:
    """One file as read: our columns as int64, the line of each row, and the rows that could not be read."""

    name: str
    frame: pd.DataFrame
    lines: Ints
    bad: list[BadRow]


def read_file(content: bytes, name: str, columns: Columns) -> RawFile:
    """Read one CSV or Parquet file of clicks; ``name`` ends with what it is.

    Raises:
        DataError: the file is empty, not readable, or lacks a column.
    """
    is_parquet = name.endswith(".parquet")
    try:
        table = _read_parquet(content) if is_parquet else _read_csv(content, columns)
    except (arrow.ArrowInvalid, arrow.ArrowNotImplementedError) as error:
        if is_parquet:
            raise DataError(f"{name} is not a readable Parquet file: {error}.") from None
        return _read_line_by_line(content, name, columns)
    _require(table.column_names, name, columns)
    wanted = [column for column in (*columns.required(), *columns.optional()) if column in table.column_names]
    table = table.select(wanted)
    if is_parquet:
        for column in table.schema:
            if not arrow.types.is_integer(column.type):
                raise DataError(f"{name}: the column {column.name} holds {column.type}, not whole numbers.")
    elif any(table[column].null_count for column in wanted) or not _ends_with_newline(content):
        return _read_line_by_line(content, name, columns)
    if any(table[column].null_count for column in wanted):
        raise DataError(f"{name} has empty values; every column must hold a whole number in every row.")
    frame = _in_our_names(table.to_pandas().astype(np.int64), columns)
    return RawFile(name, frame, np.arange(2, len(frame) + 2, dtype=np.int32), [])


def _read_csv(content: bytes, columns: Columns) -> arrow.Table:
    types = {name: arrow.int64() for name in (*columns.required(), *columns.optional())}
    return arrow_csv.read_csv(
        io.BytesIO(content), convert_options=arrow_csv.ConvertOptions(column_types=types, strings_can_be_null=True)
    )


def _read_parquet(content: bytes) -> arrow.Table:
    return parquet.ParquetFile(io.BytesIO(content)).read()


def _read_line_by_line(content: bytes, name: str, columns: Columns) -> RawFile:
    """The slow way, for a file with something wrong: finds the lines."""
    rows: list[list[int]] = []
    lines: list[int] = []
    bad: list[BadRow] = []
    with io.StringIO(content.decode("utf-8", errors="replace"), newline="") as text:
        reader = csv.reader(text)
        header = next(reader, None)
        if not header:
            raise DataError(f"{name} is empty: not even a header line.")
        _require(header, name, columns)
        wanted = [c for c in (*columns.required(), *columns.optional()) if c in header]
        places = [header.index(column) for column in wanted]
        for row in reader:
            if len(row) != len(header):
                reason = f"{len(row)} values where the header has {len(header)} (cut short?)"
                bad.append(BadRow(name, reader.line_num, reason))
                continue
            try:
                values = [int(row[place]) for place in places]
                if any(abs(value) >= 1 << 63 for value in values):
                    raise ValueError
            except ValueError:
                column = next(c for c, place in zip(wanted, places, strict=True) if not _is_int64(row[place]))
                reason = f"{column} is not a whole number ({row[header.index(column)][:40]!r})"
                bad.append(BadRow(name, reader.line_num, reason))
                continue
            rows.append(values)
            lines.append(reader.line_num)
    if rows and not _ends_with_newline(content) and lines[-1] == reader.line_num:
        rows.pop()
        bad.append(BadRow(name, lines.pop(), "the last line has no line end (cut short?)"))
    frame = pd.DataFrame(np.array(rows, np.int64).reshape(-1, len(wanted)), columns=wanted)
    return RawFile(name, _in_our_names(frame, columns), np.array(lines, np.int32), bad)


def _is_int64(text: str) -> bool:
    try:
        return abs(int(text)) < 1 << 63
    except ValueError:
        return False


def _ends_with_newline(content: bytes) -> bool:
    return not content or content.endswith(b"\n")


def _require(present: list[str], name: str, columns: Columns) -> None:
    missing = [column for column in columns.required() if column not in present]
    if missing:
        raise DataError(
            f"{name} has no column {', '.join(missing)} (a dataset.toml beside the log can map other names)."
        )


def _in_our_names(frame: pd.DataFrame, columns: Columns) -> pd.DataFrame:
    ours = {theirs: ours for ours, theirs in columns.model_dump().items()}
    frame = frame.rename(columns=ours)
    for name in OURS:
        if name not in frame:
            frame[name] = 0
    return frame[list(OURS)]
