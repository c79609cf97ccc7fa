"""How a file of text is written: its encoding, what stands between its columns, whether it begins with their names."""

from __future__ import annotations

import codecs
import csv
import io
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

DELIMITERS = (",", "\t", ";", "|", "::")
NAMES = {",": "commas", "\t": "tabs", ";": "semicolons", "|": "bars", "::": "double colons"}
SAMPLE = 50
"""So many lines are looked at."""
UNIT_SEPARATOR = "\x1f"
"""Stands in for a delimiter of two characters, which no reader of CSV knows."""
_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))


@dataclass(frozen=True)
class TextForm:
    """How a file of text is written."""

    encoding: str
    delimiter: str
    has_header: bool
    is_quoted: bool = True

    def describe(self) -> str:
        """In words: "UTF-8, tabs, no header"."""
        header = "a header" if self.has_header else "no header"
        return f"{self.encoding.upper()}, {NAMES.get(self.delimiter, repr(self.delimiter))}, {header}"


def decoded(content: bytes, encoding: str | None = None) -> tuple[str, str]:
    """The text of a file without a byte order mark, and its encoding, found out where it is not given."""
    for mark, name in _BOMS:
        if content.startswith(mark):
            return content[len(mark) :].decode(name, errors="replace"), name
    if encoding is not None:
        return content.decode(encoding, errors="replace"), encoding
    head = content[:2000]
    if head.count(0) > len(head) // 4:
        name = "utf-16-le" if head[1::2].count(0) > head[::2].count(0) else "utf-16-be"
        return content.decode(name, errors="replace"), name
    try:
        return content.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace"), "latin-1"


def find_delimiter(text: str) -> str:
    """What stands between columns: what cuts most lines into the same number of columns, the most of them."""
    lines = sample_lines(text)

    def columns(delimiter: str) -> tuple[float, int]:
        counts = Counter(len(row) for row in split(lines, delimiter))
        if not counts:
            return (0.0, 0)
        most, times = counts.most_common(1)[0]
        return (times / len(lines) if most > 1 else 0.0, most)

    best = max(DELIMITERS, key=lambda one: (columns(one)[0] >= 0.9, columns(one)[1], columns(one)[0]))
    return best if columns(best)[1] > 1 else ","


def find_header(text: str, delimiter: str) -> bool:
    """Whether the first line has names: none of its cells is a number or empty, and one of another line is."""
    rows = split(sample_lines(text), delimiter)
    if not rows:
        return False
    first, others = rows[0], rows[1:]
    if any(_is_value(cell) for cell in first):
        return False
    return not others or any(_is_value(cell) for row in others for cell in row) or len(set(first)) == len(first)


def find_quotes(text: str, delimiter: str) -> bool:
    """Whether a quotation mark at the beginning of a cell opens it.

    Between commas and semicolons it does. Elsewhere many write text as it is, and a headline may begin with one: there
    it does where each that opens a cell has one that closes it.
    """
    if delimiter in (",", ";"):
        return True
    cells = [cell for line in sample_lines(text) for cell in line.split(delimiter) if cell.startswith('"')]
    return bool(cells) and all(len(cell) > 1 and cell.endswith('"') for cell in cells)


def sample_lines(text: str) -> list[str]:
    """The first lines that are not empty; the last of a cut text is left out."""
    head = text[:200_000].splitlines()
    return [line for line in (head[:-1] if len(text) > 200_000 else head)[: 2 * SAMPLE] if line.strip()][:SAMPLE]


def split(lines: list[str], delimiter: str) -> list[list[str]]:
    """Lines cut into cells."""
    if len(delimiter) > 1:
        return [line.split(delimiter) for line in lines]
    return list(csv.reader(io.StringIO("\n".join(lines), newline=""), delimiter=delimiter))


def records(text: str, form: TextForm) -> Iterator[tuple[list[str], int]]:
    """The records of a text, each with the line at which it ends, from 1.

    A quotation mark that is never closed, or by one of a later record, would swallow the lines in between: where those
    are records themselves, each line is one.
    """
    csv.field_size_limit(1 << 30)
    taken: list[str] = []

    def lines() -> Iterator[str]:
        for line in io.StringIO(text, newline=""):
            taken.append(line)
            yield line

    if form.is_quoted:
        reader = csv.reader(lines(), delimiter=form.delimiter)
    else:
        reader = csv.reader(lines(), delimiter=form.delimiter, quoting=csv.QUOTE_NONE)
    width = 0
    for row in reader:
        own, ends_at = taken.copy(), reader.line_num
        taken.clear()
        width = width or len(row)
        if len(own) > 1:
            alone = [next(csv.reader([line], delimiter=form.delimiter), []) for line in own]
            if 2 * sum(len(cells) == width for cells in alone[1:]) >= len(alone) - 1:
                for number, cells in enumerate(alone, start=ends_at - len(own) + 1):
                    yield [cell.rstrip("\r\n") for cell in cells], number
                continue
        yield row, ends_at


def _is_value(cell: str) -> bool:
    return cell.strip() == "" or (any(character.isdigit() for character in cell) and not cell.strip()[0].isalpha())
