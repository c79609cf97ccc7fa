"""Observed clicks in an SQLite file: for the servers of one machine."""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from recsys.core.entities import CONTEXT_FIELDS
from recsys.errors import InputError
from recsys.events.store import COLUMNS, EventStore, StoreError

_TABLE = f"""
CREATE TABLE IF NOT EXISTS clicks (
    id TEXT PRIMARY KEY, user_id NOT NULL, article_id NOT NULL, time INTEGER NOT NULL,
    session_id INTEGER, {", ".join(f"{name} INTEGER NOT NULL" for name in CONTEXT_FIELDS)}
)
"""
_INSERT = f"INSERT OR IGNORE INTO clicks ({', '.join(COLUMNS)}) VALUES ({', '.join('?' * len(COLUMNS))})"
_SELECT = f"SELECT rowid, {', '.join(COLUMNS)} FROM clicks WHERE rowid > ? AND time >= ? ORDER BY rowid"
SECONDS_TO_WRITE, SECONDS_TO_READ = 3.0, 0.2
"""How long to wait for another process that has locked the file."""


class SQLiteStore(EventStore):
    """Clicks in a file. What ``append`` has returned from is on disk, whatever happens to the process.

    Raises:
        InputError: the file is not such a log, is damaged, or can't be written.
    """

    def __init__(self, file: Path) -> None:
        self._file = file
        self._writing, self._reading = threading.Lock(), threading.Lock()
        try:
            self._writer = _connect(file, SECONDS_TO_WRITE)
            self._writer.execute("PRAGMA journal_mode=WAL")
            self._writer.execute("PRAGMA synchronous=FULL")
            self._writer.execute(_TABLE)
            self._writer.commit()
            columns = {row[1] for row in self._writer.execute("PRAGMA table_info(clicks)")}
            if columns != set(COLUMNS):
                raise InputError(f"{file} has a table of clicks that is not ours: name another file.")
            [(sound,)] = self._writer.execute("PRAGMA quick_check(1)")
            if sound != "ok":
                raise InputError(f"{file} is damaged: put back a copy of it, or name another file.")
            self._reader = _connect(file, SECONDS_TO_READ)
            self._identity = _identity(file)
        except sqlite3.Error as error:
            raise InputError(f"{file} can't be used to store observed clicks: {error}.") from None

    def position(self) -> int:
        """The position of the click that was written last."""
        with self._reading, self._told():
            [(last,)] = self._reader.execute("SELECT max(rowid) FROM clicks")
        return last or 0

    def close(self) -> None:
        """Close the file."""
        self._writer.close()
        self._reader.close()

    def _insert(self, rows: Sequence[tuple[Any, ...]]) -> int:
        with self._writing, self._told(), self._writer:
            before = self._writer.total_changes
            self._writer.executemany(_INSERT, rows)
            return self._writer.total_changes - before

    def _select(self, position: int, time: int) -> list[tuple[Any, ...]]:
        with self._reading, self._told():
            return self._reader.execute(_SELECT, (position, time)).fetchall()

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Turn what can go wrong with a file into a sentence."""
        if _identity(self._file) != self._identity:
            raise StoreError(f"{self._file} was deleted or replaced: start the server again.")
        try:
            yield
        except sqlite3.Error as error:
            raise StoreError(f"The clicks in {self._file} can't be used at the moment: {error}.") from None


def _connect(file: Path, seconds: float) -> sqlite3.Connection:
    return sqlite3.connect(file, timeout=seconds, check_same_thread=False)


def _identity(file: Path) -> tuple[int, int] | None:
    try:
        found = os.stat(file)
    except OSError:
        return None
    return found.st_dev, found.st_ino
