"""Reads a folder in the published Globo layout, or any log with the same columns in CSV or Parquet."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from recsys.core.entities import CONTEXT_FIELDS
from recsys.core.types import HOUR, Floats, Longs
from recsys.data.articles import UNDATED, Articles
from recsys.data.click_log import ClickLog
from recsys.data.clicks import Clicks
from recsys.data.dataset_settings import DatasetSettings, read_dataset_settings
from recsys.data.embeddings import read_embeddings
from recsys.data.reader import BadRow, read_file
from recsys.data.validation import check_rows, summary
from recsys.errors import DataError

METADATA_FILE = "articles_metadata.csv"
EMBEDDINGS_FILE = "articles_embeddings.pickle"


@dataclass(frozen=True)
class LoadReport:
    """What loading found: rows read, rows refused, and what else a user should know."""

    files: int
    rows: int
    bad: list[BadRow]
    notes: list[str]


def load(folder: Path | str, *, skip_bad_rows: bool = False) -> tuple[ClickLog, LoadReport]:
    """Read a click log.

    Raises:
        DataError: there is no log, a column is missing, or there are bad rows and ``skip_bad_rows`` is not set.
    """
    folder = Path(folder)
    dataset = read_dataset_settings(folder)
    paths = _click_files(folder)
    files = [read_file(path.read_bytes(), str(path.relative_to(folder)), dataset.columns) for path in paths]
    frame, bad = check_rows(files)
    if bad and not skip_bad_rows:
        raise DataError(f"{folder}: {summary(bad)}. With --skip-bad-rows they are left out and counted.")
    if frame.empty:
        raise DataError(f"{folder}: no click is left in {len(files)} files.")
    notes = [f"{file.name} has a header and no rows" for file in files if file.frame.empty and not file.bad]
    del files

    frame = frame.sort_values("time", kind="stable")
    article_ids, items = np.unique(frame["article"].to_numpy(), return_inverse=True)
    user_ids, users = np.unique(frame["user"].to_numpy(), return_inverse=True)
    clicks = Clicks(
        users=users.astype(np.int32),
        items=items.astype(np.int32),
        times=frame["time"].to_numpy(),
        sessions=frame["session"].to_numpy(),
        contexts=frame[list(CONTEXT_FIELDS)].to_numpy(np.int16),
    )
    articles = read_articles(folder, dataset, article_ids, notes)
    report = LoadReport(len(paths), len(clicks) + len(bad), bad, notes)
    return ClickLog(dataset, articles, user_ids, clicks), report


def is_click_file(name: str) -> bool:
    """Whether a file of this name, in the folder of a log, holds clicks."""
    return name.endswith((".csv", ".parquet")) and not name.startswith(("articles_", "."))


def _click_files(folder: Path) -> list[Path]:
    if not folder.is_dir():
        raise DataError(f"{folder} is not a folder.")
    home = folder / "clicks" if (folder / "clicks").is_dir() else folder
    paths = sorted(path for path in home.iterdir() if is_click_file(path.name))
    if not paths:
        raise DataError(f"{home} has no .csv or .parquet file of clicks.")
    return paths


def read_articles(folder: Path, dataset: DatasetSettings, ids: Longs, notes: list[str]) -> Articles:
    """The clicked articles with their metadata; those never clicked are only counted."""
    path = folder / METADATA_FILE
    if not path.is_file():
        notes.append(f"no {METADATA_FILE}: sections and publication times are unknown")
        table = pd.DataFrame({"article_id": np.empty(0, np.int64)})
    else:
        table = _read_metadata(path)
        unread = int((~table["article_id"].isin(ids)).sum())
        if unread:
            notes.append(f"{unread} articles of {METADATA_FILE} were never clicked and are left out")
    known = table.set_index("article_id").reindex(ids)

    def column(name: str, otherwise: int) -> Longs:
        if name not in known:
            return np.full(len(ids), otherwise, np.int64)
        return known[name].fillna(otherwise).to_numpy(np.int64)

    undated = int((column("created_at_ts", UNDATED) == UNDATED).sum())
    if undated and path.is_file():
        notes.append(f"{undated} of {len(ids)} clicked articles have no metadata")
    created = column("created_at_ts", UNDATED)
    shift = int(dataset.published_shift_hours * HOUR)
    return Articles(
        ids=ids,
        sections=column("category_id", -1).astype(np.int32),
        published=np.where(created == UNDATED, UNDATED, created + shift),
        words=column("words_count", 0).astype(np.int32),
        titles=known["title"].fillna("").to_numpy(object) if "title" in known else None,
        embeddings=_embeddings(folder / EMBEDDINGS_FILE, ids, notes),
    )


def _embeddings(path: Path, ids: Longs, notes: list[str]) -> Floats | None:
    """The published vectors of the clicked articles; row i of the file belongs to article id i."""
    if not path.is_file():
        return None
    published = read_embeddings(path)
    known = ids < len(published)
    vectors = np.zeros((len(ids), published.shape[1]), np.float32)
    vectors[known] = published[ids[known]]
    if not known.all():
        notes.append(f"{int((~known).sum())} clicked articles are beyond the {len(published)} rows of {path.name}")
    return vectors


def _read_metadata(path: Path) -> pd.DataFrame:
    try:
        table = pd.read_csv(path)
    except (pd.errors.ParserError, pd.errors.EmptyDataError, UnicodeDecodeError) as error:
        raise DataError(f"{path}: {error}.") from None
    if "article_id" not in table:
        raise DataError(f"{path} has no column article_id.")
    for name in ("article_id", "category_id", "created_at_ts", "words_count"):
        if name in table and not pd.api.types.is_integer_dtype(table[name]):
            odd = np.flatnonzero(pd.to_numeric(table[name], errors="coerce").isna())
            line = int(odd[0]) + 2 if len(odd) else 2
            raise DataError(f"{path} line {line}: {name} is not a whole number.")
    repeated = np.flatnonzero(table["article_id"].duplicated())
    if len(repeated):
        raise DataError(f"{path} line {int(repeated[0]) + 2}: the article is repeated.")
    return table
