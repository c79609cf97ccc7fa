"""The files of a log that hold clicks and articles, told apart and read, their columns under our names."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as arrow
import pyarrow.compute as compute

from recsys.core.types import Longs
from recsys.data.dataset_settings import Columns, DatasetSettings
from recsys.data.reading.file_table import WEIGHT, FileTable
from recsys.data.reading.layouts import ROW, Unfold
from recsys.data.reading.roles import ARTICLE_NAMES, find_roles, has_clicks
from recsys.data.reading.source import SourceFile, fits
from recsys.data.reading.tables import read_table
from recsys.data.reading.user_agents import devices_and_systems
from recsys.errors import DataError


@dataclass(frozen=True)
class Sorted:
    """A log's files: those of clicks, those of articles, and others."""

    clicks: list[SourceFile]
    articles: list[SourceFile]
    others: list[SourceFile]


def sort_files(
    files: Sequence[SourceFile],
    settings: DatasetSettings,
    header_of: Callable[[SourceFile], list[str]],
    *,
    only_articles: bool = False,
) -> Sorted:
    """Tell files apart: by the patterns of the settings where a file fits them, else by their columns."""
    found = Sorted([], [], [])
    clicks, articles = (
        one if any(fits(file.name, one) for file in files) else ()
        for one in (settings.files.clicks, settings.files.articles)
    )
    for file in files:
        is_click = fits(file.name, clicks) if clicks else has_clicks(settings.columns.in_file(header_of(file)))
        is_click &= not only_articles
        is_article = not is_click and (fits(file.name, articles) if articles else is_of_articles(header_of(file)))
        (found.clicks if is_click else found.articles if is_article else found.others).append(file)
    return found


def is_of_articles(header: Sequence[str]) -> bool:
    """Whether a file with these columns can be one of articles."""
    roles = find_roles(header, ARTICLE_NAMES)
    return "article" in roles and len(roles) > 1


def read_clicks(
    file: SourceFile, settings: DatasetSettings, must: Sequence[str] = (), unfold: Unfold | None = None
) -> FileTable:
    """A file of clicks, its columns named by their roles; ``must`` are columns that it has to have.

    Raises:
        DataError: it is empty, not readable, or lacks a column.
    """
    columns = settings.columns

    def wanted(header: list[str]) -> list[str]:
        if unfold is not None:
            return header
        require(header, file.name, columns, must)
        return list(dict.fromkeys(columns.in_file(header).values()))

    read = read_table(file, settings.files, wanted)
    table = read.table
    if unfold is not None:
        table = unfold(table.append_column(ROW, arrow.array(range(table.num_rows))))
        require(table.column_names, file.name, columns, must)
        read = _only(read, table[ROW].to_numpy())
    mine = columns.in_file(table.column_names)
    table = arrow.table({role: table[name] for role, name in mine.items()})
    actions = settings.actions
    if "action" in table.column_names and actions.kept:
        kept = compute.is_in(table["action"].cast(arrow.string()), arrow.array(actions.kept))
        read = replace(_only(read, np.flatnonzero(kept.to_numpy())), others=table.num_rows - compute.sum(kept).as_py())
        table = table.filter(kept)
    if "action" in table.column_names and actions.weights:
        place = compute.index_in(table["action"].cast(arrow.string()), arrow.array(list(actions.weights)))
        weights = arrow.array([*actions.weights.values(), 1.0])
        table = table.append_column(WEIGHT, weights.take(place.fill_null(len(actions.weights))))
    if "user_agent" in table.column_names:
        table = devices_and_systems(table)
    return replace(read, table=table)


def _only(read: FileTable, rows: Longs) -> FileTable:
    """A file of which the table is to have these rows."""
    return replace(read, rows=rows if read.rows is None else read.rows[rows])


def require(header: Sequence[str], name: str, columns: Columns, must: Sequence[str] = ()) -> None:
    """See that a file has the columns that it must: what every log needs, and ``must``.

    Raises:
        DataError: one is missing, or one column stands for two that can't be one.
    """
    mine = columns.in_file(header)
    missing = [column for column in must if column not in header]
    missing = missing or [getattr(columns, role) for role in ("article", "time") if role not in mine]
    if not missing and "user" not in mine and "session" not in mine:
        missing = [columns.user]
    if missing:
        has = ", ".join(map(repr, header[:12])) + (" …" if len(header) > 12 else "")
        raise DataError(
            f"{name} has no column {', '.join(missing)}. Its columns are {has}. Name them under [columns] in a "
            "dataset.toml beside the log; `recsys inspect` proposes one."
        )
    for one, other in (("user", "article"), ("session", "article"), ("user", "time"), ("article", "time")):
        if one in mine and mine[one] == mine.get(other):
            raise DataError(f"{name}: the column {mine[one]} can't be both the {one} and the {other}.")
