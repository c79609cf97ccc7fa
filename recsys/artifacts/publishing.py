"""Contents → a set on disk, in one atomic step.

Publishing writes a new ``files-…`` beside the old one, syncs it, and then replaces the manifest, so that at any moment
the manifest points to one whole set.
"""

from __future__ import annotations

import fcntl
import io
import json
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recsys.artifacts.artifact_set import ArtifactSet
from recsys.artifacts.manifest import MANIFEST, FileEntry, Manifest, digest
from recsys.errors import RecsysError

Content = bytes | NDArray[Any]
"""What a file holds: an array becomes ``.npy``, bytes are written as they are."""


def publish(folder: Path | str, manifest: Manifest, contents: Mapping[str, Content]) -> ArtifactSet:
    """Write a set; where there is one, it stays in use until the new one is whole.

    ``contents`` maps file names to what they hold; the names of arrays go without ``.npy``.

    Raises:
        RecsysError: the disk is full or not writable, or another process publishes there; the old set is untouched.
    """
    folder = Path(folder)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with _alone(folder):
            return _publish(folder, manifest, contents)
    except OSError as error:
        raise RecsysError(
            f"The set could not be published in {folder}: {error.strerror}. What was there is still in use."
        ) from None


def contents_of(found: ArtifactSet) -> dict[str, Content]:
    """What a set holds, as ``publish`` takes it."""
    names = found.manifest.files
    arrays = {name.removesuffix(".npy"): found.array(name[:-4]) for name in names if name.endswith(".npy")}
    return arrays | {name: found.bytes(name) for name in names if not name.endswith(".npy")}


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Keep others from publishing there; the lock is on the folder itself, and goes with the process."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise RecsysError(
                f"The set could not be published in {folder}: another process is publishing there."
            ) from None
        yield
    finally:
        os.close(handle)


def _publish(folder: Path, manifest: Manifest, contents: Mapping[str, Content]) -> ArtifactSet:
    for killed in folder.glob(".writing-*"):
        shutil.rmtree(killed, ignore_errors=True)
    draft = folder / f".writing-{os.getpid()}"
    try:
        files = {}
        for name, content in contents.items():
            entry, raw = _entry(content)
            file_name = name if isinstance(content, bytes) else f"{name}.npy"
            files[file_name] = entry
            _write_synced(draft / file_name, raw)
        for inside in [draft, *(path for path in draft.rglob("*") if path.is_dir())]:
            _sync_folder(inside)
        identity = json.dumps({name: entry.sha256 for name, entry in files.items()}, sort_keys=True)
        home = f"files-{digest(identity.encode())[:12]}"
        if (folder / home).exists():  # the same content: from an earlier publishing, perhaps a damaged one
            home += f"-{os.urandom(3).hex()}"
        os.rename(draft, folder / home)
        manifest = manifest.model_copy(update={"home": home, "files": files})
        _write_synced(folder / f".{MANIFEST}", manifest.text().encode())
        _sync_folder(folder)
        os.replace(folder / f".{MANIFEST}", folder / MANIFEST)
        _sync_folder(folder)
    except OSError:
        shutil.rmtree(draft, ignore_errors=True)
        raise
    for old in folder.glob("files-*"):
        if old.name != home:
            shutil.rmtree(old, ignore_errors=True)
    return ArtifactSet(folder, manifest)


def _entry(content: Content) -> tuple[FileEntry, bytes]:
    if isinstance(content, bytes):
        return FileEntry(sha256=digest(content), bytes=len(content)), content
    buffer = io.BytesIO()
    np.save(buffer, np.ascontiguousarray(content), allow_pickle=False)
    raw = buffer.getvalue()
    entry = FileEntry(sha256=digest(raw), bytes=len(raw), shape=content.shape, dtype=str(content.dtype))
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
