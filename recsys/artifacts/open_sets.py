"""Which sets of artifacts there are, and the open ones, which pages and API share."""

from __future__ import annotations

import logging
import os
import threading
from contextlib import suppress
from functools import lru_cache
from pathlib import Path

from recsys.analysis.replay import keep_checkpoints
from recsys.artifacts.manifest import MANIFEST
from recsys.artifacts.store import LoadedSet, load
from recsys.core import process
from recsys.errors import ArtifactError

VARIABLE = "RECSYS_ARTIFACTS"
"""The environment variable that names the set to start with."""
HOME_VARIABLE = "RECSYS_SETS"
"""The environment variable that names another folder of sets than the checkout's ``artifacts``."""
OPEN_AT_ONCE = 2
"""Sets besides the first that are kept in memory."""
SECONDS_TO_LET_GO = 10.0
"""After which nobody should answer from a set that has been replaced."""
log = logging.getLogger(__name__)


class OpenSet:
    """The set in a folder, read in the background: once, and again when a new one is published over it.

    While a new set is read the old one is in use, and where the new one can't be used it stays.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._loaded: LoadedSet | None = None
        self._error: Exception | None = None
        self._stamp = -1
        """Of the manifest that was read last, or is being read."""
        self._reading: threading.Thread | None = None
        self._is_read = threading.Event()
        self._lock = threading.Lock()

    def now(self) -> LoadedSet | None:
        """The set, or None while the first one is being read; never waits for it.

        Raises:
            ArtifactError: there is none that can be used; the message says what to do.
        """
        self._take_up()
        if self._loaded is None and self._error is not None:
            raise self._error
        return self._loaded

    def get(self) -> LoadedSet:
        """The set; waits for the first one. Errors as in ``now``."""
        while (found := self.now()) is None:
            self._is_read.wait()
        return found

    def _take_up(self) -> None:
        """Begin to read what was published since the last time."""
        stamp = self._manifest_stamp()
        with self._lock:
            if stamp == self._stamp or (self._reading is not None and self._reading.is_alive()):
                return
            self._stamp, self._error = stamp, None
            self._is_read.clear()
            self._reading = threading.Thread(target=self._read, name=f"reading {self._folder}", daemon=True)
            self._reading.start()

    def _read(self) -> None:
        process.return_large_blocks()
        try:
            loaded = load(self._folder)
            process.freeze_gc()
            if not len(loaded.engine.user_ids) or not len(loaded.engine.start.live.items):
                empty = f"{self._folder} is an empty set, without visitors or articles"
                raise ArtifactError(f"{empty}: train it on a log with clicks.")
            if self._loaded is None:
                self._loaded = loaded  # the first is in use at once; a later one when no request will wait for it
                self._is_read.set()
            keep_checkpoints(loaded.engine)
        except Exception as error:  # whatever it is: a caller gets it, and no thread dies of it unseen
            self._error = error
            log.error("a set is refused", extra={"reason": str(error), "goes_on_with_the_old_one": bool(self._loaded)})
        else:
            replaced = self._loaded is not loaded
            self._loaded = loaded
            if replaced:
                tidying = threading.Timer(SECONDS_TO_LET_GO, process.give_back_memory)
                tidying.daemon = True
                tidying.start()
            log.info("a set is in use", extra={"set": loaded.manifest.home, "until": loaded.manifest.until})
        self._is_read.set()

    def _manifest_stamp(self) -> int:
        try:
            return (self._folder / MANIFEST).stat().st_mtime_ns
        except OSError:
            return 0


def home() -> Path:
    """The folder whose subfolders are sets: ``RECSYS_SETS`` where set, else ``artifacts`` in the checkout."""
    named = os.environ.get(HOME_VARIABLE)
    return Path(named) if named else Path(__file__).resolve().parents[2] / "artifacts"


def available() -> dict[str, Path]:
    """Sets by name, the one to start with first: ``RECSYS_ARTIFACTS`` where set, else ``demo``."""
    found = {path.parent.name: path.parent for path in sorted(home().glob(f"*/{MANIFEST}"))}
    if "demo" in found:
        found = {"demo": found["demo"], **found}
    named = os.environ.get(VARIABLE)
    if named:
        path = Path(named)
        own = path.resolve().name
        found = {own: path, **{name: one for name, one in found.items() if name != own}}
    return found


def open_set(folder: Path) -> OpenSet:
    """The set in a folder, one for the whole process; the one to start with stays, whatever else is looked at."""
    with suppress(ArtifactError):
        if folder == _first_folder():
            return _first_set(folder)
    return _looked_at(folder)


@lru_cache(maxsize=1)
def _first_set(folder: Path) -> OpenSet:
    return OpenSet(folder)


@lru_cache(maxsize=OPEN_AT_ONCE)
def _looked_at(folder: Path) -> OpenSet:
    return OpenSet(folder)


def first_set() -> OpenSet:
    """The set to start with, the same for the life of the process once there is one.

    Raises:
        ArtifactError: there is none.
    """
    return open_set(_first_folder())


@lru_cache(maxsize=1)
def _first_folder() -> Path:
    """Found once: looking through folders would be a fair part of what a request takes."""
    found = available()
    if not found:
        raise ArtifactError("There is no set of models to answer with.")
    return next(iter(found.values()))
