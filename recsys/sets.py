"""Which sets of artifacts there are, and the open ones: pages and API share them."""

from __future__ import annotations

import os
import threading
from functools import lru_cache
from pathlib import Path

from recsys.artifacts import MANIFEST
from recsys.errors import ArtifactError
from recsys.store import LoadedSet, load

HOME = Path(__file__).resolve().parents[1] / "artifacts"
VARIABLE = "RECSYS_ARTIFACTS"
OPEN_AT_ONCE = 2
_opening = threading.Lock()


def available() -> dict[str, Path]:
    """Sets by name, the one to start with first: ``RECSYS_ARTIFACTS`` where set, else ``artifacts/demo``."""
    found = {path.parent.name: path.parent for path in sorted(HOME.glob(f"*/{MANIFEST}"))}
    if "demo" in found:
        found = {"demo": found["demo"], **found}
    named = os.environ.get(VARIABLE)
    if named:
        path = Path(named)
        own = path.resolve().name
        found = {own: path, **{name: one for name, one in found.items() if name != own}}
    return found


def open_set(path: Path) -> LoadedSet:
    """The set in a folder, loaded once a process, and again when a new one is published there.

    Raises:
        ArtifactError: the set is missing, damaged or empty; the message says what to do.
    """
    try:
        stamp = (path / MANIFEST).stat().st_mtime_ns
    except OSError:
        stamp = 0
    with _opening:
        loaded = _load(path, stamp)
    if not len(loaded.engine.user_ids) or not len(loaded.engine.start.live.items):
        raise ArtifactError(f"{path} is an empty set, without visitors or articles: train it on a log with clicks.")
    return loaded


@lru_cache(maxsize=OPEN_AT_ONCE)
def _load(path: Path, stamp: int) -> LoadedSet:
    return load(path)
