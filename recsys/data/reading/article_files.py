"""What files say of articles: section, time of publication, length, headline."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as arrow
from numpy.typing import NDArray

from recsys.core.types import HOUR, Ints, Longs
from recsys.data.articles import TEXTS, UNDATED, Articles
from recsys.data.dataset_settings import DatasetSettings
from recsys.data.reading.file_table import FileTable
from recsys.data.reading.roles import ARTICLE_NAMES, find_roles
from recsys.data.reading.source import SourceFile
from recsys.data.reading.tables import read_table
from recsys.data.reading.times import MISSING, YEAR_1990, YEAR_2039, find_time_form
from recsys.data.reading.values import LARGEST_CODE, Column, coded, numbered
from recsys.errors import DataError

NO_SECTION = -1
MOST_WORDS = 10_000_000
LONGEST_TEASER = 200
"""Characters of a text that are kept."""


@dataclass(frozen=True)
class DescribedArticles:
    """The clicked articles, the names of their sections where the log has names instead of codes, what was noticed."""

    articles: Articles
    sections: dict[int, str]
    notes: list[str]


def read_articles(
    files: Sequence[SourceFile], settings: DatasetSettings, ids: Longs, are_names: bool
) -> DescribedArticles:
    """The clicked articles with what files say of them; those never clicked are only counted.

    ``are_names`` says whether the log's ids of articles are names.

    Raises:
        DataError: a file can't be read.
    """
    if not files:
        notes = ["no file describes the articles: sections and publication times are unknown"]
        return DescribedArticles(_undescribed(ids), {}, notes)
    tables = [_read(file, settings) for file in files]
    table = arrow.concat_tables([one.table for one in tables], promote_options="permissive")
    told, notes = ", ".join(file.name for file in files), []
    columns = {role: Column(table[role]) for role in table.column_names}
    rows = _rows_of(columns["article"], ids, are_names)
    repeated = len(rows) - len(np.unique(rows[rows >= 0])) - int((rows < 0).sum())
    if repeated:
        notes.append(f"{repeated:,} rows of {told} describe an article again: the first counts")
    if unread := int((rows < 0).sum()):
        notes.append(f"{unread:,} articles of {told} were never clicked and are left out")
    at = np.full(len(ids), -1)
    described = np.flatnonzero(rows >= 0)[::-1]
    at[rows[described]] = described  # the first row of an article is written last
    if (missing := int((at < 0).sum())) and len(ids):
        notes.append(f"{missing:,} of {len(ids):,} clicked articles have no metadata")

    def column(values: NDArray[np.generic], otherwise: object) -> NDArray[np.generic]:
        found = np.full(len(ids), otherwise, values.dtype)
        found[at >= 0] = values[at[at >= 0]]
        return found

    published = _times(columns.get("published"), len(rows), notes, told)
    dated = published != UNDATED
    published[dated] += int(settings.published_shift_hours * HOUR)
    sections, labels = _sections(columns.get("section"), len(rows), notes, told)
    words = _words(columns.get("words"), len(rows), notes, told)
    texts: dict[str, Any] = {name: column(_shown(columns[name], name), "") for name in TEXTS if name in columns}
    articles = Articles(
        ids=ids,
        sections=column(sections, NO_SECTION).astype(np.int32),
        published=column(published, UNDATED).astype(np.int64),
        words=column(words, 0).astype(np.int32),
        texts={name: own for name, own in texts.items() if name == "title" or any(own)},
    )
    return DescribedArticles(articles, labels, notes)


def _undescribed(ids: Longs) -> Articles:
    nothing = np.full(len(ids), NO_SECTION, np.int32)
    return Articles(ids, nothing, np.full(len(ids), UNDATED, np.int64), np.zeros(len(ids), np.int32))


def _read(file: SourceFile, settings: DatasetSettings) -> FileTable:
    roles: dict[str, str] = {}

    def wanted(header: list[str]) -> list[str]:
        given = settings.article_columns.model_dump()
        found = {role: name for role, name in given.items() if name in header}
        if "article" in found:
            others = [name for name in header if name not in found.values()]
            lacking = {role: names for role, names in ARTICLE_NAMES.items() if role not in found}
            roles.update(found | find_roles(others, lacking))
        else:
            roles.update(find_roles(header, ARTICLE_NAMES))
        if "article" not in roles:
            raise DataError(f"{file.name} has no column {given['article']}, which names the article.")
        return list(dict.fromkeys(roles.values()))

    read = read_table(file, settings.files.model_copy(update={"header": None, "pattern": None}), wanted)
    if read.bad:
        raise DataError(f"{read.bad[0]}.")
    return FileTable(read.name, arrow.table({role: read.table[name] for role, name in roles.items()}))


def _rows_of(column: Column, ids: Longs, are_names: bool) -> Longs:
    """The place of each row's article among the clicked ones, or -1. Shape (rows,)."""
    if are_names:
        _, numbers = numbered(column.names())
        return pd.Index(ids).get_indexer(pd.Index(numbers)).astype(np.int64)
    return np.where(column.known, pd.Index(ids).get_indexer(pd.Index(column.numbers)), -1).astype(np.int64)


def _shown(column: Column, name: str) -> NDArray[np.object_]:
    """Texts as pages show them: the beginning of a long one, of addresses those of the web alone."""
    texts = pd.Series(column.names(), dtype=object)
    if name == "title":
        return texts.to_numpy(object)
    if name == "teaser":
        cut = texts.str.slice(0, LONGEST_TEASER).str.rsplit(" ", n=1).str[0] + " …"
        return texts.where(texts.str.len() <= LONGEST_TEASER, cut).to_numpy(object)
    return texts.where(texts.str.match(r"https?://[^\s]+$"), "").to_numpy(object)


def _words(column: Column | None, rows: int, notes: list[str], told: str) -> Longs:
    if column is None:
        return np.zeros(rows, np.int64)
    odd = column.known & ((column.numbers < 0) | (column.numbers > MOST_WORDS))
    if odd.any():
        notes.append(f"{int(odd.sum()):,} lengths in {told} are no number of words: they are left out")
    return np.where(column.known & ~odd, column.numbers, 0)


def _sections(column: Column | None, rows: int, notes: list[str], told: str) -> tuple[Ints, dict[int, str]]:
    """The section of each row, and names of sections where the log has names, or numbers too large to count by."""
    if column is None:
        return np.full(rows, NO_SECTION, np.int32), {}
    if column.holds_numbers(0, LARGEST_CODE):
        good = column.known & (column.numbers >= 0) & (column.numbers <= LARGEST_CODE)
        if odd := int((~good & ~column.empty).sum()):
            notes.append(f"{odd:,} sections in {told} are no codes as the others are: they are unknown")
        return np.where(good, column.numbers, NO_SECTION).astype(np.int32), {}
    labels, codes = coded(column.names())
    return np.where(codes == 0, NO_SECTION, codes).astype(np.int32), labels


def _times(column: Column | None, rows: int, notes: list[str], told: str) -> Longs:
    if column is None:
        return np.full(rows, UNDATED, np.int64)
    try:
        form = find_time_form(column)
    except DataError as error:
        raise DataError(f"{told}: {error}.") from None
    if form is None:
        notes.append(f"the publication times of {told} can't be read as times: they are left out")
        return np.full(rows, UNDATED, np.int64)
    times = form.read(column)
    odd = (times != MISSING) & ((times < YEAR_1990) | (times >= YEAR_2039))
    if odd.any():
        notes.append(f"{int(odd.sum()):,} publication times of {told} are before 1990 or after 2038: they are left out")
    return np.where(odd | (times == MISSING), UNDATED, times)
