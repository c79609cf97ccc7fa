"""What a log is, before anything is trained on it: files, columns, how they are read, what would be lost."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import tomlkit

from recsys.core.entities import CONTEXT_FIELDS
from recsys.core.timestamps import iso
from recsys.core.types import DAY
from recsys.data.click_log import ClickLog
from recsys.data.loader import LoadReport, load_resolved
from recsys.data.reading.file_table import FileTable
from recsys.data.reading.resolve import Resolved, resolve, resolve_with, settings_file
from recsys.data.reading.roles import kind_of
from recsys.data.reading.source import SourceFile, files_of
from recsys.data.reading.tables import read_table
from recsys.data.repeats import repeats_in_words
from recsys.errors import DataError

EXAMPLES = 3
PREVIEW = 10


@dataclass(frozen=True)
class ColumnFacts:
    """A column: its name, what is in it, examples, and what it is read as, "" where it is not read."""

    name: str
    kind: str
    examples: list[str]
    role: str


@dataclass(frozen=True)
class Inspection:
    """What a log is.

    Attributes:
        path: where it is.
        resolved: its files and settings.
        form: how its text is written; "" where it is none.
        rows: of its first file of clicks.
        columns: those of that file.
        log: the log as it would be read; None where it can't be.
        report: what reading found.
        refusal: why it can't be read; "" where it can.
    """

    path: Path
    resolved: Resolved
    form: str
    rows: int
    columns: list[ColumnFacts]
    log: ClickLog | None
    report: LoadReport | None
    refusal: str


def inspect(path: Path, layout: str | None = None) -> Inspection:
    """Look at a log; bad rows are left out and counted.

    Raises:
        DataError: there is nothing in it that can be clicks; the message says what is missing.
        InputError: there is no such layout.
    """
    return _inspection(path, resolve(path, layout))


def corrected(found: Inspection, columns: Mapping[str, str]) -> Inspection:
    """The same log with other columns for some roles. Errors as in ``inspect``."""
    there = ["", *(column.name for column in found.columns)]  # a layout may name columns that this log lacks
    named = {role: name for role, name in found.resolved.given.get("columns", {}).items() if name in there}
    given = {**found.resolved.given, "columns": {**named, **columns}}
    return _inspection(found.path, resolve_with(found.path, files_of(found.path), given, settings_file(found.path)))


def preview(found: Inspection) -> pd.DataFrame:
    """The first clicks as they are read: when, who, what, in which session and context."""
    if found.log is None:
        return pd.DataFrame()
    log, clicks = found.log, found.log.clicks.rows(slice(0, PREVIEW))
    context = {
        field: [log.dataset.label(field, code) for code in clicks.contexts[:, number].tolist()]
        for number, field in enumerate(CONTEXT_FIELDS)
        if found.log.clicks.contexts[:, number].any()
    }
    sessions = pd.factorize(clicks.sessions)[0] + 1
    return pd.DataFrame(
        {
            "time": pd.to_datetime(clicks.times, unit="ms", utc=True),
            "reader": [str(log.names.user(one)) for one in log.user_ids[clicks.users].tolist()],
            "article": [str(log.names.article(one)) for one in log.articles.ids[clicks.items].tolist()],
            "session": sessions,
            **context,
        }
    )


def _inspection(path: Path, resolved: Resolved) -> Inspection:
    first = _whole(resolved.files.clicks[0], resolved)
    try:
        log, report = load_resolved(path, resolved, skip_bad_rows=True)
        refusal = ""
    except DataError as error:
        log, report, refusal = None, None, resolved.doubt or str(error)
    form = "" if first.form is None else first.form.describe()
    return Inspection(path, resolved, form, first.table.num_rows, _columns(first, resolved), log, report, refusal)


def proposed_toml(resolved: Resolved) -> str:
    """Settings that read the log as it was read now, as a ``dataset.toml`` with a reason a line."""
    document = tomlkit.document()
    for reason in resolved.reasons:
        document.add(tomlkit.comment(reason))
    given = resolved.given
    if resolved.layout:
        document.add("layout", tomlkit.item(resolved.layout))
        given = {name: given[name] for name in ("name", "title")}
    for name, value in given.items():
        if not isinstance(value, dict):
            document.add(name, tomlkit.item(value))
    for name, value in given.items():
        if isinstance(value, dict):
            document.add(name, _table(value, resolved.why if name == "columns" else {}))
    return tomlkit.dumps(document)


def text(found: Inspection) -> str:
    """The inspection as the command prints it."""
    files = found.resolved.files
    lines = [str(found.path), *(f"  {reason}" for reason in found.resolved.reasons), "", "Files"]
    lines.append(f"  clicks     {_listed(files.clicks)}" + (f" ({found.form})" if found.form else ""))
    lines += [f"  articles   {_listed(files.articles)}"] if files.articles else []
    lines += [f"  not used   {_listed(files.others)}"] if files.others else []
    lines += ["", f"Columns of {files.clicks[0].name}, {found.rows:,} rows"]
    width = min(max(len(column.name) for column in found.columns), 32)
    for column in found.columns:
        role = f"→ {column.role}" if column.role else ""
        lines.append(
            f"  {column.name:<{width}}  {column.kind:<14} {role:<14} {', '.join(column.examples)}"[:160].rstrip()
        )
    lines += ["", "Read as", *_read_as(found)]
    return "\n".join(lines)


def _read_as(found: Inspection) -> list[str]:
    log, report = found.log, found.report
    if log is None or report is None:
        return [f"  {found.refusal}"]
    times = log.clicks.times
    days = (int(times[-1]) - int(times[0])) / DAY
    sessions = len(set(log.clicks.sessions.tolist()))
    lines = [
        f"  {len(log.clicks):,} clicks by {len(log.user_ids):,} readers on {len(log.articles):,} articles in "
        f"{sessions:,} sessions",
        f"  from {iso(int(times[0]))} to {iso(int(times[-1]))}, {days:,.1f} days",
    ]
    lines.append(f"  {repeats_in_words(log)}")
    lines += [f"  {found.resolved.doubt}"] if found.resolved.doubt else []
    lines += [f"  {note}" for note in report.notes if note not in found.resolved.reasons]
    if report.bad:
        lines.append(f"  {len(report.bad):,} bad rows would have to be left out (--skip-bad-rows); the first:")
        lines += [f"    {row}" for row in report.bad[:5]]
    return lines


def _whole(file: SourceFile, resolved: Resolved) -> FileTable:
    return read_table(file, resolved.settings.files, lambda header: header)


def _columns(file: FileTable, resolved: Resolved) -> list[ColumnFacts]:
    roles = {name: role for role, name in resolved.settings.columns.in_file(file.table.column_names).items()}
    found = []
    for name in file.table.column_names:
        values = file.table[name].slice(0, 1000).drop_null()
        examples = list(dict.fromkeys(str(value)[:30] for value in values.to_pylist()))[:EXAMPLES]
        found.append(ColumnFacts(name, kind_of(values), examples, roles.get(name, "")))
    return found


def _listed(files: list[SourceFile]) -> str:
    names = [file.name for file in files]
    return ", ".join(names) if len(names) <= 4 else f"{names[0]} … {names[-1]}, {len(names)} files"


def _table(values: dict[str, Any], why: dict[str, str]) -> tomlkit.items.Table:
    table = tomlkit.table()
    for name, value in values.items():
        item = tomlkit.item({str(key): one for key, one in value.items()} if isinstance(value, dict) else value)
        if name in why:
            item.comment(why[name])
        table.add(str(name), item)
    return table
