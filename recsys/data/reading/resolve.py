"""What a log is: its files and settings, by its own settings file, else a layout known by name, else a proposal."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from recsys.data.dataset_settings import SETTINGS_FILE, DatasetSettings, dataset_settings
from recsys.data.reading.clicks import Sorted, sort_files
from recsys.data.reading.layouts import Layout, Unfold, layouts
from recsys.data.reading.proposals import Headers, lacking_of, nothing_found, propose
from recsys.data.reading.source import CLICKS, SourceFile, beside, files_of
from recsys.errors import DataError, InputError

PUBLISHED, PLAIN = "globo", "published"
"""The published log, and other logs in its layout: its names of columns, and nothing else that is particular to it."""


@dataclass(frozen=True)
class Resolved:
    """A log as it will be read.

    Attributes:
        files: those of clicks, of articles, and others.
        settings: how they are to be read.
        must: columns that every file of clicks has to have.
        unfold: what makes clicks of lists.
        reasons: where the settings come from, in sentences.
        given: the settings as a ``dataset.toml`` would have them.
        why: a reason for each column that was found out.
        lacking: what no column was found for, in words such as "a time".
        doubt: what somebody has to say before the log can be trained on; "" where nothing is in doubt.
        layout: the name of the layout, "" where it is none that is known.
    """

    files: Sorted
    settings: DatasetSettings
    must: tuple[str, ...]
    unfold: Unfold | None
    reasons: list[str]
    given: dict[str, Any]
    why: dict[str, str] = field(default_factory=dict)
    lacking: tuple[str, ...] = ()
    doubt: str = ""
    layout: str = ""


def settings_file(path: Path) -> Path:
    """Where a log's own settings lie: in its folder, or beside its file under the same name."""
    return path / SETTINGS_FILE if path.is_dir() else path.with_suffix(".toml")


def settings_alone(folder: Path) -> DatasetSettings:
    """The settings of a log of which only its own settings file is at hand: that of the published layout without one.

    Raises:
        DataError: the file is not TOML, or a setting is wrong.
    """
    file = settings_file(folder)
    given = {**_nameless(folder), **_read(file)} if file.is_file() else layouts()[PUBLISHED].given
    return dataset_settings(given, str(file))


def resolve(path: Path, layout: str | None = None, dataset: Path | None = None) -> Resolved:
    """Find out what a log is; ``layout`` names one, ``dataset`` another settings file than that beside it.

    Raises:
        DataError: there is no log, or no file of it can be read.
        InputError: there is no such layout.
    """
    found = files_of(path)
    own_file = dataset or settings_file(path)
    own = _read(own_file) if own_file.is_file() else {}
    return resolve_with(path, found, own, own_file, layout)


def resolve_with(
    path: Path, found: list[SourceFile], own: Mapping[str, Any], own_file: Path, layout: str | None = None
) -> Resolved:
    """The same with its files at hand, and settings instead of their file. Errors as in ``resolve``."""
    files = _without(found, own_file)
    name = layout or own.get("layout")
    named = _named(name) if name is not None else None
    headers = Headers(dataset_settings({**_nameless(path), **own}, str(own_file)))
    if named is None and not own.get("columns"):
        named = next((one for file in files if (one := headers.layout_of(file))), None)
        if own and named is not None and named.name == PUBLISHED:
            named = layouts()[PLAIN]
    base: dict[str, Any] = {}
    why: dict[str, str] = {}
    doubt = ""
    if named is not None:
        base, reasons = named.given, [f"The layout is {named.name}."]
    elif own.get("columns"):
        reasons = [f"The columns are as {own_file.name} names them."]
    else:
        proposal = propose(path, files, headers)
        base, why, doubt = {"columns": proposal.columns}, proposal.why, proposal.doubt
        reasons = ["The layout is none that is known: what each column is was found out."]
    given = _merged({**_nameless(path), **base}, own)
    settings = dataset_settings(given, str(own_file) if own else str(path))
    if settings.columns.are_numbers and settings.files.header is None:
        settings = settings.model_copy(update={"files": settings.files.model_copy(update={"header": False})})
    if settings.files.pattern is not None:
        headers = Headers(settings)
    unfold = None if named is None else named.unfold
    if (path / CLICKS).is_dir():
        around = _without(beside(path), own_file)
        told = sort_files(around, settings, headers.of, only_articles=True)
        told.clicks.extend(files)
    elif unfold is not None and len(files) == 1:
        told = Sorted(files, [], [])
    else:
        told = sort_files(files, settings, headers.of)
    lacking: tuple[str, ...] = ()
    if not told.clicks:
        header = headers.of(files[0])
        lacking = lacking_of(settings.columns.in_file(header))
        doubt = doubt or nothing_found(path, files[0], header, lacking)
        told = Sorted(files[:1], [], files[1:])
    must = tuple(column for column in own.get("columns", {}).values() if column)
    layout = "" if named is None else named.name
    return Resolved(told, settings, must, unfold, reasons, given, why, lacking, doubt, layout)


def _named(name: str) -> Layout:
    known = layouts()
    if name not in known:
        raise InputError(f"There is no layout {name!r}. There are {', '.join(known)}.")
    return known[name]


def _read(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise DataError(f"{file} is not valid TOML: {error}.") from None


def _nameless(path: Path) -> dict[str, Any]:
    name = re.sub(r"[^A-Za-z0-9_.-]+", "_", path.resolve().name.split(".")[0]).strip("_") or "log"
    return {"name": name, "title": name.replace("_", " ")}


def _without(files: list[SourceFile], own_file: Path) -> list[SourceFile]:
    return [file for file in files if file.name != own_file.name]


def _merged(base: Mapping[str, Any], own: Mapping[str, Any]) -> dict[str, Any]:
    found = dict(base)
    for key, value in own.items():
        below = found.get(key)
        found[key] = {**below, **value} if isinstance(below, dict) and isinstance(value, Mapping) else value
    return found
