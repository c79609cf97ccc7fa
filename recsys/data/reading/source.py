"""The files of a log: what lies in a folder, an archive or alone, unpacked, each under the name that messages use."""

from __future__ import annotations

import gzip
import io
import re
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from fnmatch import fnmatch
from functools import partial
from pathlib import Path
from typing import IO

import pyarrow as arrow

from recsys.core.process import free_memory_gb
from recsys.errors import DataError

GZIP, ZSTD, ZIP = b"\x1f\x8b", b"\x28\xb5\x2f\xfd", b"PK\x03\x04"
PACKED = (".gz", ".gzip", ".zst", ".zip")
TEXT = (".csv", ".tsv", ".txt", ".dat", ".data", ".inter", ".item", ".user", ".log", ".tab", ".base", ".idomaar")
JSON = (".json", ".jsonl", ".ndjson")
PARQUET = (".parquet", ".pq")
ROTATED = re.compile(r"\.log[.-]\d+(\.gz)?$")
"""How a web server names its older logs."""
LARGEST_UNPACKED_GB = 16.0
BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, OSError, ValueError, struct.error)
"""What a damaged archive can raise."""
CLICKS = "clicks"
"""The folder that holds nothing but files of clicks, where a log has one."""
EMBEDDINGS = "articles_embeddings"
"""How the file of vectors of the articles is called, without its ending: it is not part of the log."""


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
    return not last.startswith((".", "_", f"{EMBEDDINGS}.")) and ends_so


def files_of(path: Path) -> list[SourceFile]:
    """The files of data of a log, in the order of their names; those of its folder ``clicks`` alone where it has one.

    Raises:
        DataError: there is nothing, or nothing that can hold data.
    """
    if path.is_dir():
        home = path / CLICKS if (path / CLICKS).is_dir() else path
        found = [file for one in _inside(home) for file in _members(one, str(one.relative_to(path)))]
    else:
        found = _members(path, path.name)
    if not found:
        endings = ", ".join((*TEXT[:3], *JSON[:2], *PARQUET[:1]))
        raise DataError(f"{path} has no file of clicks: none with an ending such as {endings}, packed or not.")
    return found


def beside(path: Path) -> list[SourceFile]:
    """The files of data in a log's folder itself, besides those in its folder ``clicks``."""
    if not (path / CLICKS).is_dir():
        return []
    return [file for one in _inside(path) for file in _members(one, one.name)]


def _inside(folder: Path) -> list[Path]:
    """What lies in a folder and can hold data by its name, sorted."""
    try:
        return sorted(one for one in folder.iterdir() if is_data(one.name))
    except OSError as error:
        raise DataError(f"{folder} can't be read: {error.strerror}.") from None


def unpacked(content: bytes, name: str, most: int | None = None) -> bytes:
    """The bytes of a file that may be packed; ``most`` says how many, by default as many as memory holds.

    Raises:
        DataError: it is damaged, or more than memory can hold.
    """
    try:
        if content.startswith(GZIP):
            return _bounded(gzip.open(io.BytesIO(content)), name, most)
        if content.startswith(ZSTD):
            return _bounded(arrow.input_stream(arrow.BufferReader(content), compression="zstd"), name, most)
    except (OSError, EOFError, zlib.error, arrow.ArrowException) as error:
        raise DataError(f"{name} can't be unpacked: {error}.") from None
    return content


def _bounded(stream: IO[bytes] | gzip.GzipFile, name: str, most: int | None = None) -> bytes:
    """All of a stream: a small file can be made to unpack to any size."""
    if most is None:
        free = free_memory_gb()
        most = int(1e9 * (LARGEST_UNPACKED_GB if free is None else min(free / 2, LARGEST_UNPACKED_GB)))
    found = stream.read(most + 1)
    if len(found) > most:
        raise DataError(f"{name} unpacks to more than {most / 1e9:.1f} GB: there is no memory for it here.")
    return found


def _members(path: Path, name: str) -> list[SourceFile]:
    if not path.exists():
        raise DataError(f"{path} does not exist.")
    if not path.is_file():
        raise DataError(f"{path} is not a file: take it away, or name a file or a folder of files.")
    try:
        with path.open("rb") as file:
            is_zip = file.read(4) == ZIP
    except OSError as error:
        raise DataError(f"{path} can't be read: {error.strerror}.") from None
    if not is_zip:
        return [SourceFile(name, lambda: unpacked(path.read_bytes(), name))]
    try:
        with zipfile.ZipFile(path) as archive:
            inside = sorted(one for one in archive.namelist() if is_data(one) and not one.startswith("__MACOSX"))
    except BROKEN as error:
        raise DataError(f"{name} can't be unpacked: {error}.") from None
    return [SourceFile(f"{name}/{one}", partial(_member, path, one, f"{name}/{one}")) for one in inside]


def _member(path: Path, member: str, name: str) -> bytes:
    try:
        with zipfile.ZipFile(path) as archive, archive.open(member) as inside:
            return unpacked(_bounded(inside, name), name)
    except BROKEN as error:
        raise DataError(f"{name} can't be unpacked: {error}.") from None
