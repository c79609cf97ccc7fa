"""Reads a click log, whatever its layout."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from recsys.core.entities import CONTEXT_FIELDS
from recsys.data.click_log import ClickLog, SessionStarts
from recsys.data.clicks import Clicks
from recsys.data.dataset_settings import DatasetSettings, Labels
from recsys.data.embeddings import embeddings_of
from recsys.data.names import IdNames, Names
from recsys.data.reading.article_files import read_articles
from recsys.data.reading.clicks import read_clicks
from recsys.data.reading.file_table import CLICK_ID, SESSION_START, WEIGHT, BadRow
from recsys.data.reading.resolve import Resolved, resolve
from recsys.data.reading.rows import Rows, columns_of, find_forms, rows_of, summary
from recsys.errors import DataError


@dataclass(frozen=True)
class LoadReport:
    """What loading found: files, rows read, rows refused, how many repeat others, and what else a user should know."""

    files: int
    rows: int
    bad: list[BadRow]
    repeated: int
    notes: list[str]


def load(
    path: Path | str, *, layout: str | None = None, dataset: Path | None = None, skip_bad_rows: bool = False
) -> tuple[ClickLog, LoadReport]:
    """Read a click log: a file, an archive or a folder.

    ``layout`` names one that is known, ``dataset`` another settings file than that beside the log.

    Raises:
        DataError: there is no log, a column is missing, or there are bad rows and ``skip_bad_rows`` is not set.
        InputError: there is no such layout.
    """
    found = resolve(Path(path), layout, dataset)
    if found.doubt:
        raise DataError(found.doubt)
    return load_resolved(Path(path), found, skip_bad_rows=skip_bad_rows)


def load_resolved(path: Path, found: Resolved, *, skip_bad_rows: bool = False) -> tuple[ClickLog, LoadReport]:
    """Read a log of which it is known what it is. Errors as in ``load``."""
    tables = [read_clicks(file, found.settings, found.must, found.unfold) for file in found.files.clicks]
    columns = columns_of(tables)
    try:
        forms = find_forms(columns, found.settings)
    except DataError as error:
        raise DataError(f"{path}: {error}.") from None
    rows = rows_of(tables, columns, found.settings, forms)
    if rows.bad and not skip_bad_rows:
        raise DataError(f"{path}: {summary(rows.bad)}. With --skip-bad-rows they are left out and counted.")
    if rows.frame.empty:
        raise DataError(f"{path}: no click is left in {len(tables)} files.")
    notes = [*found.reasons, *_notes(found, rows)]
    if others := sum(file.others for file in tables):
        kept = ", ".join(found.settings.actions.kept)
        notes.append(f"{others:,} rows are other actions than {kept} and are left out")
    notes += [f"{file.name} has a header and no rows" for file in tables if not file.table.num_rows and not file.bad]
    del tables, columns
    log, more = _log(path, found, rows)
    read = len(log.clicks) + len(rows.bad) + rows.repeated
    return log, LoadReport(len(found.files.clicks), read, rows.bad, rows.repeated, notes + more)


def _log(path: Path, found: Resolved, rows: Rows) -> tuple[ClickLog, list[str]]:
    frame = rows.frame.sort_values("time", kind="stable")
    article_ids, items = np.unique(frame["article"].to_numpy(), return_inverse=True)
    user_ids, users = np.unique(frame["user"].to_numpy(), return_inverse=True)
    clicks = Clicks(
        users=users.astype(np.int32),
        items=items.astype(np.int32),
        times=frame["time"].to_numpy(),
        sessions=frame["session"].to_numpy(),
        contexts=frame[list(CONTEXT_FIELDS)].to_numpy(np.int16),
        weights=frame[WEIGHT].to_numpy(np.float32) if WEIGHT in frame else None,
        ids=frame[CLICK_ID].to_numpy() if CLICK_ID in frame else None,
    )
    names = Names(**{f"{role}s": _id_names(rows, role) for role in ("user", "article")})
    described = read_articles(found.files.articles, found.settings, article_ids, names.articles is not None)
    embeddings, notes = embeddings_of(path, article_ids, are_names=names.articles is not None)
    articles = replace(described.articles, embeddings=embeddings)
    labels = {**rows.labels, **({"section": described.sections} if described.sections else {})}
    dataset = _labelled(found.settings, labels)
    starts = None
    if SESSION_START in frame:
        starts = SessionStarts.of(clicks.sessions, frame[SESSION_START].to_numpy())
    log = ClickLog(dataset, articles, user_ids, clicks, names=names, session_starts=starts)
    return log, described.notes + notes


def _id_names(rows: Rows, role: str) -> IdNames | None:
    if role not in rows.names:
        return None
    return IdNames(rows.names[role], are_numbers=role in rows.forms.signed)


def _labelled(settings: DatasetSettings, labels: dict[str, dict[int, str]]) -> DatasetSettings:
    """The settings with the names of codes that the log itself has."""
    own = {field: Labels(names=names) for field, names in labels.items()}
    return settings.model_copy(update={"labels": {**settings.labels, **own}})


def _notes(found: Resolved, rows: Rows) -> list[str]:
    columns = found.settings.columns
    notes = [f"times are read as {rows.forms.time.describe()}"]
    notes += [f"{file.name} is not used" for file in found.files.others]
    if "session" not in rows.forms.names and not columns.session:
        notes.append(f"a session ends after {found.settings.sessions.gap_minutes:g} minutes without a click")
    if rows.forms.anonymous:
        notes.append("where no reader is named, a session stands for one")
    if rows.repeated:
        notes.append(f"{rows.repeated:,} repeated rows are left out")
    return notes
