"""The files of a log: what lies in a folder, an archive or alone, unpacked, each under the name that messages use."""

from __future__ import annotations

import gzip
import re
import zipfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from fnmatch import fnmatch
from functools import partial
from pathlib import Path

import pyarrow as arrow

from recsys.errors import DataError

GZIP, ZSTD, ZIP = b"\x1f\x8b", b"\x28\xb5\x2f\xfd", b"PK\x03\x04"
PACKED = (".gz", ".gzip", ".zst", ".zip")
TEXT = (".csv", ".tsv", ".txt", ".dat", ".data", ".inter", ".item", ".user", ".log", ".tab", ".base", ".idomaar")
JSON = (".json", ".jsonl", ".ndjson")
PARQUET = (".parquet", ".pq")
ROTATED = re.compile(r"\.log[.-]\d+(\.gz)?$")
"""How a web server names its older logs."""
CLICKS = "clicks"
"""The folder that holds nothing but files of clicks, where a log has one."""


@dataclass(frozen=True)
class SourceFile:
    """A file of a log: its name within it, and what gives its bytes, unpacked."""

    name: str
    read: Callable[[], bytes]

    @property
    def ending(self) -> str:
        """The ending that says what it holds: ``.csv`` of ``a.csv.gz``."""
        return ending(self.name)

    @property
    def stem(self) -> str:
        """Its name without folders and endings."""
        return self.name.rsplit("/", 1)[-1].split(".", 1)[0].casefold()


def ending(name: str) -> str:
    """The ending of a file's name, without that of its packing."""
    path = Path(name.casefold())
    return Path(path.stem).suffix if path.suffix in PACKED and Path(path.stem).suffix else path.suffix


def fits(name: str, patterns: Iterable[str]) -> bool:
    """Whether the last part of a file's name fits one of the patterns, in any case."""
    last = name.rsplit("/", 1)[-1].casefold()
    return any(fnmatch(last, one.casefold()) for one in patterns)


def is_data(name: str) -> bool:
    """Whether a file of this name can hold data."""
    last = name.rsplit("/", 1)[-1]
    ends_so = ending(name) in (*TEXT, *JSON, *PARQUET, *PACKED) or ROTATED.search(last) is not None
    return not last.startswith((".", "_")) and ends_so


def files_of(path: Path) -> list[SourceFile]:
    """The files of data of a log, in the order of their names; those of its folder ``clicks`` alone where it has one.

    Raises:
        DataError: there is nothing, or nothing that can hold data.
    """
    if path.is_file():
        found = _members(path, path.name)
    elif path.is_dir():
        home = path / CLICKS if (path / CLICKS).is_dir() else path
        inside = sorted(one for one in home.iterdir() if one.is_file() and is_data(one.name))
        found = [file for one in inside for file in _members(one, str(one.relative_to(path)))]
    else:
        raise DataError(f"{path} does not exist.")
    if not found:
        endings = ", ".join((*TEXT[:3], *JSON[:2], *PARQUET[:1]))
        raise DataError(f"{path} has no file of clicks: none with an ending such as {endings}, packed or not.")
    return found


def beside(path: Path) -> list[SourceFile]:
    """The files of data in a log's folder itself, besides those in its folder ``clicks``."""
    if not (path / CLICKS).is_dir():
        return []
    inside = sorted(one for one in path.iterdir() if one.is_file() and is_data(one.name))
    return [file for one in inside for file in _members(one, one.name)]


def unpacked(content: bytes, name: str) -> bytes:
    """The bytes of a file that may be packed.

    Raises:
        DataError: it is damaged.
    """
    try:
        if content.startswith(GZIP):
            return gzip.decompress(content)
        if content.startswith(ZSTD):
            return arrow.input_stream(arrow.BufferReader(content), compression="zstd").read()
    except (OSError, EOFError, arrow.ArrowException) as error:
        raise DataError(f"{name} can't be unpacked: {error}.") from None
    return content


def _members(path: Path, name: str) -> list[SourceFile]:
    with path.open("rb") as file:
        is_zip = file.read(4) == ZIP
    if not is_zip:
        return [SourceFile(name, lambda: unpacked(path.read_bytes(), name))]
    try:
        with zipfile.ZipFile(path) as archive:
            inside = sorted(one for one in archive.namelist() if is_data(one) and not one.startswith("__MACOSX"))
    except zipfile.BadZipFile as error:
        raise DataError(f"{name} can't be unpacked: {error}.") from None
    return [SourceFile(f"{name}/{one}", partial(_member, path, one, f"{name}/{one}")) for one in inside]


def _member(path: Path, member: str, name: str) -> bytes:
    try:
        with zipfile.ZipFile(path) as archive:
            return unpacked(archive.read(member), name)
    except (zipfile.BadZipFile, RuntimeError, OSError) as error:
        raise DataError(f"{name} can't be unpacked: {error}.") from None
