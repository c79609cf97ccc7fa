"""A file as it was read: its rows, those that could not be read, and the line of each."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import pyarrow as arrow

from recsys.core.types import Longs
from recsys.data.reading.text_form import TextForm, records

CLICK_ID = "id"
"""The column of what tells clicks apart, where a log has one."""
SESSION_START = "session_start"
"""The column of when each click's session opened, where a log has one."""
WEIGHT = "weight"
"""The column of how much each click counts, where actions have weights."""


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
class FileTable:
    """A file as read.

    Attributes:
        name: what messages call it.
        table: its columns; those of text as text.
        bad: rows that could not be read.
        form: how its text is written; None where it is none.
        text: that text, by which the lines of rows are found.
        rows: which row of the file each row of the table is from; None where they are the same.
        others: rows that are other actions than clicks, and so not in the table.
    """

    name: str
    table: arrow.Table
    bad: tuple[BadRow, ...] = ()
    form: TextForm | None = None
    text: str = ""
    rows: Longs | None = None
    others: int = 0

    def line(self, row: int) -> int:
        """The line at which a row of the table ends, from 1; of a file that has none, the number of the row."""
        at = row if self.rows is None else int(self.rows[row])
        return self._lines[at] if self.form is not None else at + 1

    @cached_property
    def _lines(self) -> list[int]:
        assert self.form is not None
        refused = {one.line for one in self.bad}
        lines = [number for row, number in records(self.text, self.form) if row and number not in refused]
        return lines[1:] if self.form.has_header else lines
