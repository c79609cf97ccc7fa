"""One file as a table: text as it is written, whatever Parquet and JSON hold with their own kinds."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import pyarrow as arrow
import pyarrow.csv as arrow_csv
import pyarrow.json as arrow_json
import pyarrow.parquet as parquet

from recsys.data.dataset_settings import Files
from recsys.data.reading.file_table import BadRow, FileTable
from recsys.data.reading.line_patterns import read_lines
from recsys.data.reading.source import JSON, PARQUET, SourceFile
from recsys.data.reading.text_form import (
    UNIT_SEPARATOR,
    TextForm,
    decoded,
    find_delimiter,
    find_header,
    find_quotes,
    records,
    sample_lines,
    split,
)
from recsys.errors import DataError

HEAD = 1 << 18
"""So many bytes of a file are looked at for the names of its columns."""
SAMPLE_ROWS = 2_000
"""And so many rows for what is in them."""


def read_table(file: SourceFile, settings: Files, wanted: Callable[[list[str]], Sequence[str]]) -> FileTable:
    """Read one file; ``wanted`` says which of its columns are.

    Raises:
        DataError: the file is empty or not readable.
    """
    content, name = file.read(), file.name
    wanted = _once(wanted, name)
    if file.ending in PARQUET:
        return FileTable(name, _read_parquet(content, name, wanted))
    if not content.strip():
        raise DataError(f"{name} is empty: not even a header line.")
    if file.ending in JSON:
        table = _read_json(content, name)
        return FileTable(name, table.select(list(wanted(table.column_names))))
    text, encoding = decoded(content, settings.encoding)
    if settings.pattern is not None:
        return read_lines(name, text, settings.pattern, bool(settings.header), wanted)
    return _read_text(name, text, _form(text, encoding, settings), wanted)


def _once(wanted: Callable[[list[str]], Sequence[str]], name: str) -> Callable[[list[str]], Sequence[str]]:
    """The same, where none of the columns that are wanted is there twice."""

    def checked(header: list[str]) -> Sequence[str]:
        columns = wanted(header)
        if twice := next((one for one in columns if one and header.count(one) > 1), None):
            raise DataError(f"{name} has the column {twice} twice: rename one of them.")
        return columns

    return checked


@dataclass(frozen=True)
class Beginning:
    """How a file begins.

    Attributes:
        columns: the names of its columns, their numbers where it has no header; nothing where it can't be read.
        line: its first line that is not empty, "" where it is no text.
    """

    columns: list[str]
    line: str = ""


def beginning_of(file: SourceFile, settings: Files) -> Beginning:
    """How a file begins; it is not read as a whole."""
    content = file.read()
    try:
        if file.ending in PARQUET:
            return Beginning(_parquet_header(content, file.name)[1])
        if file.ending in JSON:
            return Beginning(list(_read_json(_head(content), file.name).column_names))
    except (arrow.ArrowException, DataError):
        return Beginning([])
    text, encoding = decoded(_head(content), settings.encoding)
    lines = sample_lines(text)
    line = lines[0] if lines else ""
    if settings.pattern is not None:
        return Beginning(list(re.compile(settings.pattern).groupindex), line)
    form = _form(text, encoding, settings)
    first = next(iter(split(lines, form.delimiter)), [])
    return Beginning(first if form.has_header else [str(number) for number in range(len(first))], line)


def sample_of(file: SourceFile, settings: Files) -> arrow.Table:
    """Some rows from a file's beginning, with all its columns. Errors as in ``read_table``."""
    if file.ending in PARQUET:
        return read_table(file, settings, lambda header: header).table.slice(0, SAMPLE_ROWS)
    begins = SourceFile(file.name, lambda: _head(file.read()))
    return read_table(begins, settings, lambda header: header).table.slice(0, SAMPLE_ROWS)


def _head(content: bytes) -> bytes:
    cut = content.rfind(b"\n", 0, HEAD) + 1
    return content if len(content) <= HEAD or content.lstrip().startswith(b"[") else content[: cut or HEAD]


def _form(text: str, encoding: str, settings: Files) -> TextForm:
    delimiter = settings.delimiter or find_delimiter(text)
    has_header = find_header(text, delimiter) if settings.header is None else settings.header
    return TextForm(encoding, delimiter, has_header, find_quotes(text, delimiter))


def _read_text(name: str, text: str, form: TextForm, wanted: Callable[[list[str]], Sequence[str]]) -> FileTable:
    if len(form.delimiter) > 1:
        text, form = text.replace(form.delimiter, UNIT_SEPARATOR), replace(form, delimiter=UNIT_SEPARATOR)
    first = next((row for row, _ in records(text, form) if row), [])
    names = first if form.has_header else [str(number) for number in range(len(first))]
    columns = list(wanted(names))
    if text.endswith(("\n", "\r")):
        try:
            table = arrow_csv.read_csv(
                io.BytesIO(text.encode()),
                read_options=arrow_csv.ReadOptions(column_names=None if form.has_header else names),
                parse_options=arrow_csv.ParseOptions(
                    delimiter=form.delimiter,
                    quote_char='"' if form.is_quoted else False,
                    newlines_in_values='"' in text,
                ),
                convert_options=arrow_csv.ConvertOptions(
                    include_columns=columns,
                    column_types=dict.fromkeys(columns, arrow.string()),
                    strings_can_be_null=True,
                    null_values=[""],
                ),
            )
            if '"' not in text or table.num_rows + form.has_header == sum(map(bool, map(str.strip, text.splitlines()))):
                return FileTable(name, table, (), form, text)  # a line a record: no quotation mark has swallowed any
        except (arrow.ArrowInvalid, arrow.ArrowKeyError):
            pass
    return _read_line_by_line(name, text, form, names, columns)


def _read_line_by_line(name: str, text: str, form: TextForm, names: list[str], columns: list[str]) -> FileTable:
    """The slow way, for a file with something wrong: finds the lines."""
    places = [names.index(column) for column in columns]
    rows: list[list[str | None]] = []
    bad: list[BadRow] = []
    found = [(row, line) for row, line in records(text, form) if row][form.has_header :]
    for row, line in found:
        if len(row) != len(names):
            reason = f"{len(row)} values where the header has {len(names)} (cut short?)"
            bad.append(BadRow(name, line, reason if form.has_header else reason.replace("header", "first line")))
        elif line == found[-1][1] and not text.endswith(("\n", "\r")):
            bad.append(BadRow(name, line, "the last line has no line end (cut short?)"))
        else:
            rows.append([row[place] or None for place in places])
    cells = zip(*rows, strict=True) if rows else [[] for _ in columns]
    table = arrow.table({c: arrow.array(list(own), arrow.string()) for c, own in zip(columns, cells, strict=True)})
    return FileTable(name, table, tuple(bad), form, text)


def _parquet_header(content: bytes, name: str) -> tuple[parquet.ParquetFile, list[str]]:
    try:
        file = parquet.ParquetFile(io.BytesIO(content))
        return file, list(file.schema_arrow.names)
    except Exception as error:  # a damaged file can raise nearly anything
        raise DataError(f"{name} is not a readable Parquet file: {_told(error)}.") from None


def _read_parquet(content: bytes, name: str, wanted: Callable[[list[str]], Sequence[str]]) -> arrow.Table:
    file, header = _parquet_header(content, name)
    columns = list(wanted(header))
    try:
        table = file.read(columns=columns)
        table.validate(full=True)
    except Exception as error:  # as above
        raise DataError(f"{name} is not a readable Parquet file: {_told(error)}.") from None
    return table


def _told(error: Exception) -> str:
    return str(error).splitlines()[0].rstrip(".") if str(error) else type(error).__name__


def _read_json(content: bytes, name: str) -> arrow.Table:
    try:
        if content.lstrip().startswith(b"["):
            return arrow.Table.from_pylist(json.loads(content))
        return arrow_json.read_json(io.BytesIO(content)).flatten()
    except (arrow.ArrowException, ValueError, AttributeError, TypeError, RecursionError) as error:
        raise DataError(f"{name} can't be read as JSON, an object a line or a list of them: {error}.") from None
