"""The rows of all files together: every value as the number that the engine counts with, every bad one told."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
import pyarrow as arrow
from numpy.typing import NDArray

from recsys.core.entities import CONTEXT_FIELDS
from recsys.core.types import Bools, Longs
from recsys.data.dataset_settings import DatasetSettings
from recsys.data.names import LARGEST
from recsys.data.reading.file_table import CLICK_ID, SESSION_START, WEIGHT, BadRow, FileTable
from recsys.data.reading.times import MISSING, YEAR_1990, YEAR_2039, TimeForm, find_time_form
from recsys.data.reading.values import FEW, LARGEST_CODE, Column, coded, numbered
from recsys.errors import DataError

IDS = ("user", "article")
ANONYMOUS = "session "
"""What the name of a reader begins with of whom only a session is known."""
ROLES = ("user", "session", "article", "time", *CONTEXT_FIELDS)
"""The columns of a click, in the order of the tables made here."""
MORE = (CLICK_ID, SESSION_START)
"""Columns that hardly any log has, and that are read where all of a log is."""
SAME = ["user", "session", "article", "time"]
"""Two rows that agree in these are one click, repeated."""


@dataclass(frozen=True)
class Forms:
    """How the columns of a log are written; the defaults are those of the published log."""

    names: frozenset[str] = frozenset()
    """Of ``user``, ``article`` and ``session``: which hold names, or numbers that only names can hold."""
    signed: frozenset[str] = frozenset()
    """Which of those hold whole numbers all the same."""
    labels: frozenset[str] = frozenset()
    """Fields of the context that hold names."""
    time: TimeForm = field(default_factory=lambda: TimeForm(unit="ms"))
    anonymous: bool = False
    """Whether a session stands for its reader where no reader is named."""


@dataclass
class Rows:
    """The sound rows, in the order of the files.

    Attributes:
        frame: a column a role, int64; ids that are names as the numbers of ``names.number_of``. Where actions have
            weights, one of these, float64.
        names: of each kind of id that are names, the names.
        labels: the names of codes, by field, where the log has names instead of codes.
        bad: the rows that are left out, with file, line and reason.
        repeated: how many more say the same as another one.
        forms: how the columns were read.
    """

    frame: pd.DataFrame
    names: dict[str, list[str]]
    labels: dict[str, dict[int, str]]
    bad: list[BadRow]
    repeated: int
    forms: Forms


def columns_of(files: list[FileTable]) -> dict[str, Column]:
    """The columns of all files together, by role."""
    tables = [file.table for file in files]
    table = tables[0] if len(tables) == 1 else arrow.concat_tables(tables, promote_options="permissive")
    return {role: Column(table[role]) for role in (*ROLES, *MORE) if role in table.column_names}


def find_forms(columns: Mapping[str, Column], settings: DatasetSettings) -> Forms:
    """How the columns of a log are written, by all that is in them.

    Raises:
        DataError: there is no way to read its times, or more than one; the message does not say where.
    """
    names, signed = set(), set()
    anonymous = (
        "user" in columns and "session" in columns and int(columns["user"].empty.sum()) > FEW * len(columns["user"])
    )
    for role in (*IDS, "session"):
        if role not in columns:
            continue
        if (role == "user" and anonymous) or not columns[role].holds_numbers():
            names.add(role)
        elif not columns[role].holds_numbers(0, LARGEST):
            names.add(role)
            signed.add(role)
    fields = {role: columns[role] for role in CONTEXT_FIELDS if role in columns}
    labels = {role for role, one in fields.items() if not one.holds_numbers(0, LARGEST_CODE) and not one.empty.all()}
    called = settings.columns.time
    times = find_time_form(columns["time"], settings.times.unit, settings.times.format, settings.times.origin)
    if times is None:
        example = next((columns["time"].shown(row) for row in range(min(1, len(columns["time"])))), "")
        raise DataError(
            f"{called} holds no times that can be read ({example}, for example): name their format under [times] in a "
            "dataset.toml, the moment that numbers count from where they count from another one than 1970 "
            "(`origin = 2020-01-01`), or another column"
        )
    return Forms(frozenset(names), frozenset(signed), frozenset(labels), times, anonymous)


def rows_of(
    files: list[FileTable],
    columns: Mapping[str, Column],
    settings: DatasetSettings,
    forms: Forms,
    *,
    all_of_log: bool = True,
) -> Rows:
    """The rows of all files; of those that say the same the first alone.

    Without ``all_of_log`` they are some of the log's files: then sessions stay as they are, and repeated rows too.
    """
    called = settings.columns.model_dump()
    reasons: dict[int, str] = {}
    names: dict[str, list[str]] = {}
    frame: dict[str, Longs] = {}
    for role in (*IDS, "session"):
        if role not in columns:
            continue
        column = columns[role]
        if role == "user" and forms.anonymous:
            names[role], frame[role] = numbered(_readers_or_sessions(column, columns["session"]))
            _note(reasons, column.empty & columns["session"].empty, lambda _: f"{called['user']} is empty")
        elif role in forms.names:
            names[role], frame[role] = numbered(column.names())
            _note_empty(reasons, column, called[role])
        else:
            frame[role] = _numbers(column, called[role], reasons)
    frame["time"] = forms.time.read(columns["time"])
    _note_times(reasons, frame["time"], columns["time"], called["time"], forms.time)
    if "user" not in frame:
        frame["user"] = frame["session"]
        if "session" in names:
            names["user"] = names["session"]
    labels: dict[str, dict[int, str]] = {}
    for role in CONTEXT_FIELDS:
        if role not in columns:
            frame[role] = np.zeros(len(columns["time"]), np.int64)
        elif role in forms.labels:
            known = list(settings.labels[role].names.values()) if role in settings.labels else []
            labels[role], frame[role] = coded(columns[role].names(), known)
        else:
            frame[role] = _codes(columns[role], called[role], reasons)
    if SESSION_START in columns and all_of_log:
        started = forms.time.read(columns[SESSION_START])  # where it is no earlier time, the click's own
        frame[SESSION_START] = np.where((started >= YEAR_1990) & (started < frame["time"]), started, frame["time"])
    if CLICK_ID in columns:
        _, frame[CLICK_ID] = numbered(columns[CLICK_ID].names())
    if all(WEIGHT in file.table.column_names for file in files):
        frame[WEIGHT] = np.concatenate([file.table[WEIGHT].to_numpy() for file in files])
    bad = [row for file in files for row in file.bad] + _told(files, reasons)
    found = pd.DataFrame({role: frame[role] for role in (*ROLES, *MORE, WEIGHT) if role in frame}, copy=False)
    if reasons:
        found = found.drop(index=list(reasons))
    again = np.zeros(len(found), bool)
    if all_of_log:
        found = _with_sessions(found, settings)
        if WEIGHT in found:
            found = found.sort_values(WEIGHT, ascending=False, kind="stable")  # of repeated rows the first stays
        again = found.duplicated(SAME).to_numpy()
        found = found[~again] if again.any() else found
    found = found[[role for role in (*ROLES, *MORE, WEIGHT) if role in found]]
    return Rows(found, names, labels, bad, int(again.sum()), forms)


def summary(bad: list[BadRow]) -> str:
    """Bad rows in one line: how many, of which kinds, and the first of them."""
    kinds = Counter(row.reason.split(" (")[0] for row in bad)
    by_kind = "; ".join(f"{count} × {kind}" for kind, count in kinds.most_common(4))
    return f"{len(bad)} bad row{'s' if len(bad) != 1 else ''} ({by_kind}), the first {bad[0]}"


def _note(reasons: dict[int, str], which: Bools, reason: Callable[[int], str]) -> None:
    for row in np.flatnonzero(which).tolist():
        reasons.setdefault(row, reason(row))


def _readers_or_sessions(readers: Column, sessions: Column) -> NDArray[np.object_]:
    named = np.where(readers.known, readers.numbers.astype(str), readers.names())  # a gap makes decimals of numbers
    return np.where(readers.empty, ANONYMOUS + sessions.names(), named).astype(object)


def _note_empty(reasons: dict[int, str], column: Column, name: str) -> None:
    _note(reasons, column.empty, lambda _: f"{name} is empty")


def _numbers(column: Column, name: str, reasons: dict[int, str]) -> Longs:
    numbers = column.numbers
    _note_empty(reasons, column, name)
    _note(reasons, ~column.known, lambda row: f"{name} is not a whole number ({column.shown(row)})")
    _note(reasons, column.known & (numbers < 0), lambda row: f"a value is negative ({numbers[row]})")
    return numbers


def _codes(column: Column, name: str, reasons: dict[int, str]) -> Longs:
    numbers, known = column.numbers, column.known | column.empty  # where it is empty, 0: unknown
    _note(reasons, ~known, lambda row: f"{name} is not a whole number ({column.shown(row)})")
    _note(reasons, known & (numbers < 0), lambda row: f"a value is negative ({numbers[row]})")
    _note(reasons, known & (numbers > LARGEST_CODE), lambda row: f"a value is too large for a code ({numbers[row]})")
    return numbers


def _note_times(reasons: dict[int, str], times: Longs, column: Column, name: str, form: TimeForm) -> None:
    _note(reasons, times == MISSING, lambda row: f"{name} is not a time ({column.shown(row)})")

    def early(row: int) -> str:
        in_seconds = form.unit == "ms" and YEAR_1990 // 1000 <= times[row] < YEAR_2039 // 1000
        return f"the time is {'in seconds, not milliseconds' if in_seconds else 'before 1990'} ({column.shown(row)})"

    _note(reasons, times < YEAR_1990, early)
    late = "the time is after 2038, or in another unit"
    _note(reasons, times >= YEAR_2039, lambda row: f"{late} ({column.shown(row)})")


def _told(files: list[FileTable], reasons: Mapping[int, str]) -> list[BadRow]:
    first_rows = np.cumsum([0] + [file.table.num_rows for file in files])
    found = []
    for row in sorted(reasons):
        of = int(np.searchsorted(first_rows, row, side="right")) - 1
        found.append(BadRow(files[of].name, files[of].line(row - int(first_rows[of])), reasons[row]))
    return found


def _with_sessions(frame: pd.DataFrame, settings: DatasetSettings) -> pd.DataFrame:
    """The rows with sessions where the log has none, and with sessions of one user each."""
    if "session" not in frame:
        order = frame.sort_values(["user", "time"], kind="stable")
        gap = order["time"].diff() > settings.sessions.gap_minutes * 60_000
        starts = (gap | (order["user"].diff() != 0)).to_numpy()
        return frame.assign(session=pd.Series(np.cumsum(starts) - 1, index=order.index))
    if (frame.groupby("session", sort=False)["user"].nunique() > 1).any():
        return frame.assign(session=frame.groupby(["user", "session"], sort=True).ngroup().astype(np.int64))
    return frame
