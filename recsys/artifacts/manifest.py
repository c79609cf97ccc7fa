"""The manifest of a set: what the set is, and what its files must be."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from pydantic import BaseModel, ConfigDict

VERSION = 8
MANIFEST = "manifest.json"


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
    settings: dict[str, Any]
    """Every setting that the set was trained with."""
    features: list[str]
    versions: dict[str, str]
    metrics: dict[str, dict[str, float]]
    """On the replay hours: each system's metrics, as in the ``hourly`` protocol."""
    measured: int
    """On how many requests."""
    seconds: dict[str, float]
    peak_memory_mb: float
    home: str = ""
    """The folder of the files."""
    files: dict[str, FileEntry] = {}

    def text(self) -> str:
        """The one way of writing it, with a checksum over the rest: any change to the file shows."""
        content = self.model_dump(mode="json")
        content["checksum"] = digest(json.dumps(content, sort_keys=True).encode())
        return json.dumps(content, indent=1, sort_keys=True) + "\n"


def digest(raw: bytes) -> str:
    """SHA-256, as hexadecimal digits."""
    return hashlib.sha256(raw).hexdigest()
