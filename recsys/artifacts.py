"""Models ↔ folder: a manifest with checksums, verified before anything is parsed, published in one atomic step.

``DIR/manifest.json`` names every file of the set, which lie in ``DIR/files-…/``. Publishing writes a new
``files-…`` beside the old one, syncs it, and then replaces the manifest, so that at any moment the manifest points to
one whole set.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, ValidationError

from recsys.errors import ArtifactError, RecsysError

VERSION = 5
MANIFEST = "manifest.json"
HOW_TO_MAKE = "make a set with `recsys train --data DIR --out ARTIFACTS`"
_LFS = b"version https://git-lfs"

Content = bytes | NDArray[Any]
"""What a file holds: an array becomes ``.npy``, bytes are written as they are."""


class FileEntry(BaseModel):
    """One file of a set."""

    model_config = ConfigDict(frozen=True)

    sha256: str
    bytes: int
    shape: tuple[int, ...] | None = None
    dtype: str | None = None


class Manifest(BaseModel):
    """What a set is, and what its files must be."""

    model_config = ConfigDict(frozen=True)

    version: int = VERSION
    name: str
    title: str
    fingerprint: str
    """SHA-256 of the click log."""
    trained_at: str
    until: str
    replay_hours: int
    counts: dict[str, int]
    settings: dict[str, dict[str, Any]]
    features: list[str]
    versions: dict[str, str]
    metrics: dict[str, dict[str, float]]
    """On the replay hours: each system's metrics, as in the ``hourly`` protocol."""
    measured: int
    """How many requests they come from."""
    seconds: dict[str, float]
    peak_memory_mb: float
    home: str = ""
    """The folder of the files."""
    files: dict[str, FileEntry] = {}

    def text(self) -> str:
        """The one way of writing it, with a checksum over the rest: any change to the file shows."""
        content = self.model_dump(mode="json")
        content["checksum"] = _digest(json.dumps(content, sort_keys=True).encode())
        return json.dumps(content, indent=1, sort_keys=True) + "\n"


class ArtifactSet:
    """A set whose manifest is read; files are read through it."""

    def __init__(self, folder: Path, manifest: Manifest) -> None:
        self.folder = folder
        self.manifest = manifest

    @classmethod
    def open(cls, folder: Path | str) -> ArtifactSet:
        """Read the manifest.

        Raises:
            ArtifactError: it is missing, damaged, or of another version.
        """
        folder = Path(folder)
        try:
            raw = (folder / MANIFEST).read_bytes()
        except OSError:
            raise ArtifactError(f"{folder} holds no {MANIFEST}: {HOW_TO_MAKE}.") from None
        if raw.startswith(_LFS):
            raise ArtifactError(f"{folder / MANIFEST} is a Git LFS pointer, not the file: run `git lfs pull`.")
        damaged = f"{folder / MANIFEST} is damaged; publish the set again."
        try:
            content = json.loads(raw)
            if content["version"] != VERSION:
                raise ArtifactError(
                    f"{folder / MANIFEST} is of version {content['version']}, this program reads version {VERSION}: "
                    "update the program, or train the set again."
                )
            manifest = Manifest.model_validate(content)
        except (ValueError, KeyError, TypeError, ValidationError):
            raise ArtifactError(damaged) from None
        if manifest.text().encode() != raw:
            raise ArtifactError(damaged)
        return cls(folder, manifest)

    def problems(self) -> Iterator[str]:
        """What is wrong with each damaged file, in a sentence; nothing where all is well."""
        by_digest = {entry.sha256: name for name, entry in self.manifest.files.items()}
        for name, entry in self.manifest.files.items():
            path = self._path(name)
            try:
                content = path.read_bytes()
            except FileNotFoundError:
                yield f"{path} is missing."
                continue
            except OSError as error:
                yield f"{path} can't be read: {error.strerror}."
                continue
            digest = _digest(content)
            if digest == entry.sha256:
                continue
            if content.startswith(_LFS):
                yield f"{path} is a Git LFS pointer, not the file: run `git lfs pull`."
            elif digest in by_digest:
                yield f"{path} holds what belongs into {by_digest[digest]}."
            elif len(content) != entry.bytes:
                yield f"{path} has {len(content)} bytes, not the {entry.bytes} that the manifest names."
            else:
                yield f"{path} is damaged: its content does not match the manifest's checksum."

    def require_sound(self) -> None:
        """Check every file.

        Raises:
            ArtifactError: with what is wrong with the first damaged one.
        """
        for problem in self.problems():
            raise ArtifactError(f"{problem} The set can't be used; publish it again.")

    def array(self, name: str) -> NDArray[Any]:
        """A verified array, mapped into memory: pages are read when used, and shared between processes."""
        return np.asarray(np.load(self._path(f"{name}.npy"), mmap_mode="r", allow_pickle=False))

    def arrays(self, prefix: str) -> dict[str, NDArray[Any]]:
        """All arrays under ``prefix/``, by the rest of their names."""
        inside = [name for name in self.manifest.files if name.startswith(f"{prefix}/") and name.endswith(".npy")]
        return {name[len(prefix) + 1 : -4]: self.array(name[:-4]) for name in inside}

    def bytes(self, name: str) -> bytes:
        """A verified file that is no array."""
        return self._path(name).read_bytes()

    def texts(self, prefix: str) -> list[str]:
        """The verified texts under ``prefix/``, in the order of their names."""
        names = sorted(name for name in self.manifest.files if name.startswith(f"{prefix}/") and name.endswith(".txt"))
        return [self.bytes(name).decode() for name in names]

    def __contains__(self, name: str) -> bool:
        return name in self.manifest.files

    def _path(self, name: str) -> Path:
        return self.folder / self.manifest.home / name


def publish(folder: Path | str, manifest: Manifest, contents: Mapping[str, Content]) -> ArtifactSet:
    """Write a set; where there is one, it stays in use until the new one is whole.

    ``contents`` maps file names to what they hold; the names of arrays go without ``.npy``.

    Raises:
        RecsysError: the disk is full or not writable; the old set is untouched.
    """
    folder = Path(folder)
    draft = folder / f".writing-{os.getpid()}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        shutil.rmtree(draft, ignore_errors=True)
        files = {}
        for name, content in contents.items():
            entry, raw = _entry(content)
            file_name = name if isinstance(content, bytes) else f"{name}.npy"
            files[file_name] = entry
            _write_synced(draft / file_name, raw)
        for inside in [draft, *(path for path in draft.rglob("*") if path.is_dir())]:
            _sync_folder(inside)
        identity = json.dumps({name: entry.sha256 for name, entry in files.items()}, sort_keys=True)
        home = f"files-{_digest(identity.encode())[:12]}"
        if (folder / home).exists():  # the same content: from an earlier publishing, perhaps a damaged one
            home += f"-{os.urandom(3).hex()}"
        os.rename(draft, folder / home)
        manifest = manifest.model_copy(update={"home": home, "files": files})
        _write_synced(folder / f".{MANIFEST}", manifest.text().encode())
        _sync_folder(folder)
        os.replace(folder / f".{MANIFEST}", folder / MANIFEST)
        _sync_folder(folder)
    except OSError as error:
        shutil.rmtree(draft, ignore_errors=True)
        raise RecsysError(
            f"The set could not be published in {folder}: {error.strerror}. What was there is still in use."
        ) from None
    for leftover in [*folder.glob("files-*"), *folder.glob(".writing-*")]:
        if leftover.name != home:
            shutil.rmtree(leftover, ignore_errors=True)
    return ArtifactSet(folder, manifest)


def _entry(content: Content) -> tuple[FileEntry, bytes]:
    if isinstance(content, bytes):
        return FileEntry(sha256=_digest(content), bytes=len(content)), content
    buffer = io.BytesIO()
    np.save(buffer, np.ascontiguousarray(content), allow_pickle=False)
    raw = buffer.getvalue()
    entry = FileEntry(sha256=_digest(raw), bytes=len(raw), shape=content.shape, dtype=str(content.dtype))
    return entry, raw


def _write_synced(path: Path, raw: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        file.write(raw)
        file.flush()
        os.fsync(file.fileno())


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _digest(raw: bytes) -> str:
    return hashlib.sha256(raw).hexdigest()
