"""Files whose lines no delimiter cuts, such as a web server's log: by a regular expression with named groups."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

import numpy as np
import pyarrow as arrow
import pyarrow.compute as compute

from recsys.data.reading.file_table import BadRow, FileTable


def read_lines(
    name: str, text: str, pattern: str, has_header: bool, wanted: Callable[[list[str]], Sequence[str]]
) -> FileTable:
    """A row for each line that fits the pattern, a column for each of its groups; others are bad rows.

    Empty lines, and those that begin with ``#``, are comments.
    """
    lines = np.array(text.splitlines()[has_header:], object)
    numbers = np.arange(len(lines)) + has_header
    said = np.array([bool(line.strip()) and not line.startswith("#") for line in lines], bool)
    lines, numbers = lines[said], numbers[said]
    cells = compute.extract_regex(arrow.array(lines, arrow.string()), pattern=pattern)
    fits = np.asarray(cells.is_valid().to_numpy(zero_copy_only=False), bool)
    bad = tuple(BadRow(name, int(line) + 1, "it is not written as the others are") for line in numbers[~fits])
    names = list(re.compile(pattern).groupindex)
    table = arrow.table({one: compute.struct_field(cells, one) for one in wanted(names)}).filter(arrow.array(fits))
    return FileTable(name, table, bad, rows=numbers[fits])
