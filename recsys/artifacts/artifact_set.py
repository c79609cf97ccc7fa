"""A set of artifacts on disk: verified before anything is parsed.

``DIR/manifest.json`` names every file of the set; they are in ``DIR/files-…/``.
"""

from __future__ import annotations

import builtins
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray
from pydantic import ValidationError

from recsys.artifacts.manifest import MANIFEST, VERSION, Manifest, digest
from recsys.errors import ArtifactError

HOW_TO_MAKE = "make a set with `recsys train --data DIR --out ARTIFACTS`"
_LFS = b"version https://git-lfs"


class ArtifactSet:
    """A set whose manifest is read; files are read through it."""

    def __init__(self, folder: Path, manifest: Manifest) -> None:
        self.folder = folder
        self.manifest = manifest
        self._sound: dict[str, builtins.bytes] = {}
        """The files that have been read and checked, by name."""

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
                raise ArtifactError(_other_version(folder, content["version"]))
            manifest = Manifest.model_validate(content)
        except (ValueError, KeyError, TypeError, ValidationError):
            raise ArtifactError(damaged) from None
        if manifest.text().encode() != raw:
            raise ArtifactError(damaged)
        return cls(folder, manifest)

    def problems(self) -> Iterator[str]:
        """What is wrong with each damaged file, in a sentence; nothing where all is well."""
        for name in self.manifest.files:
            try:
                self._checked(name)
            except ArtifactError as error:
                yield str(error)

    def require_sound(self) -> None:
        """Read and check every file; what is asked for later is then at hand, as it was checked.

        Raises:
            ArtifactError: with what is wrong with the first damaged one.
        """
        try:
            self._sound = {name: self._checked(name) for name in self.manifest.files}
        except ArtifactError as error:
            raise ArtifactError(f"{error} The set can't be used; publish it again.") from None

    def array(self, name: str) -> NDArray[Any]:
        """An array, made of the very bytes that were verified. Errors as in ``bytes``.

        It is not mapped from the file: whoever copies another set over this one would change it under its readers.
        """
        content = self.bytes(f"{name}.npy")
        file = io.BytesIO(content)
        assert npy.read_magic(file) == (1, 0), "as publishing writes it"
        shape, by_columns, kind = npy.read_array_header_1_0(file)
        return np.frombuffer(content, kind, offset=file.tell()).reshape(shape, order="F" if by_columns else "C")

    def arrays(self, prefix: str) -> dict[str, NDArray[Any]]:
        """All arrays under ``prefix/``, by the rest of their names."""
        inside = [name for name in self.manifest.files if name.startswith(f"{prefix}/") and name.endswith(".npy")]
        return {name[len(prefix) + 1 : -4]: self.array(name[:-4]) for name in inside}

    def bytes(self, name: str) -> bytes:
        """A file's content.

        Raises:
            ArtifactError: it is not what the manifest says.
        """
        return self._sound[name] if name in self._sound else self._checked(name)

    def __contains__(self, name: str) -> bool:
        return name in self.manifest.files

    def _checked(self, name: str) -> builtins.bytes:
        """A file's content as it is on disk, compared with the manifest. Errors as in ``bytes``."""
        path, entry = self._path(name), self.manifest.files[name]
        try:
            content = path.read_bytes()
        except FileNotFoundError:
            raise ArtifactError(f"{path} is missing.") from None
        except OSError as error:
            raise ArtifactError(f"{path} can't be read: {error.strerror}.") from None
        found = digest(content)
        if found == entry.sha256:
            return content
        if content.startswith(_LFS):
            raise ArtifactError(f"{path} is a Git LFS pointer, not the file: run `git lfs pull`.")
        if other := next((one for one, theirs in self.manifest.files.items() if theirs.sha256 == found), None):
            raise ArtifactError(f"{path} contains the contents of {other}.")
        if len(content) != entry.bytes:
            raise ArtifactError(f"{path} has {len(content)} bytes, not the {entry.bytes} that the manifest names.")
        raise ArtifactError(f"{path} is damaged: its content does not match the manifest's checksum.")

    def _path(self, name: str) -> Path:
        return self.folder / self.manifest.home / name


def _other_version(folder: Path, version: object) -> str:
    newer = isinstance(version, int) and version > VERSION
    what_to_do = "Update the program" if newer else f"Make it again with `recsys train --data DIR --out {folder}`"
    return f"{folder} has version {version} of the format; this program reads version {VERSION}. {what_to_do}."
