"""Layouts known by name: a file of settings each in ``recsys/data/layouts``, and code where lists must be unfolded."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import import_module
from importlib.resources import files
from importlib.util import find_spec
from typing import Any

import pyarrow as arrow

from recsys.data.reading.source import fits

HOME = "recsys.data.layouts"
Unfold = Callable[[arrow.Table], arrow.Table]
"""From a file's table to one with a row a click; the column ``ROW`` says which row of the file each is from."""
ROW = "row of the file"


@dataclass(frozen=True)
class Layout:
    """A layout.

    Attributes:
        name: of its file, by which settings and commands call it.
        given: its settings, as in a ``dataset.toml``.
        columns: a file with all columns of one of these lists has this layout.
        files: so has one whose name fits one of these patterns.
        width: where the file has no header, with so many columns.
        line: one whose first line fits this pattern.
    """

    name: str
    given: dict[str, Any]
    columns: tuple[tuple[str, ...], ...]
    files: tuple[str, ...]
    width: int | None
    line: str | None

    @property
    def unfold(self) -> Unfold | None:
        """What makes clicks of its lists, where it has any."""
        if find_spec(f"{HOME}.{self.name}") is None:
            return None
        found: Unfold = import_module(f"{HOME}.{self.name}").unfold
        return found

    def fits(self, name: str, header: Sequence[str], first_line: str) -> bool:
        """Whether a file of this name, with these columns and this first line has this layout."""
        if self.line is not None and re.match(self.line, first_line):
            return True
        if any(set(one) <= set(header) for one in self.columns):
            return True
        return fits(name, self.files) and self.width in (None, len(header))


@lru_cache(maxsize=1)
def layouts() -> dict[str, Layout]:
    """All of them, by name."""
    found = {}
    for file in sorted((one for one in files(HOME).iterdir() if one.name.endswith(".toml")), key=lambda one: one.name):
        given = tomllib.loads(file.read_text("utf-8"))
        known = given.pop("recognized", {})
        name = file.name.removesuffix(".toml")
        columns = known.get("columns", [])
        lists = columns if columns and isinstance(columns[0], list) else [columns] * bool(columns)
        found[name] = Layout(
            name,
            given,
            tuple(map(tuple, lists)),
            tuple(known.get("files", ())),
            known.get("width"),
            known.get("line"),
        )
    return found


def recognize(name: str, header: Sequence[str], first_line: str = "") -> Layout | None:
    """The layout of a file, by its name, its columns and its first line."""
    return next((one for one in layouts().values() if one.fits(name, header, first_line)), None)
