"""Observed clicks on disk, so that a restart loses none; and an engine that keeps learning from them."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Sequence
from pathlib import Path

from recsys.core.entities import CONTEXT_FIELDS, Context, ObservedClick
from recsys.data.names import NUMBERS, Names
from recsys.engine.engine import Engine
from recsys.engine.knowledge import check
from recsys.errors import InputError

_COLUMNS = ("id", "user_id", "article_id", "time", "session_id", *CONTEXT_FIELDS)
_TABLE = f"""
CREATE TABLE IF NOT EXISTS clicks (
    id TEXT PRIMARY KEY, user_id NOT NULL, article_id NOT NULL, time INTEGER NOT NULL,
    session_id INTEGER, {", ".join(f"{name} INTEGER NOT NULL" for name in CONTEXT_FIELDS)}
)
"""
_INSERT = f"INSERT OR IGNORE INTO clicks ({', '.join(_COLUMNS)}) VALUES ({', '.join('?' * len(_COLUMNS))})"


class EventLog:
    """Clicks in an SQLite file. What ``append`` has returned from is on disk, whatever happens to the process.

    Raises:
        InputError: the file is not such a log, or can't be written.
    """

    def __init__(self, file: Path) -> None:
        self._lock = threading.Lock()
        try:
            self._database = sqlite3.connect(file, check_same_thread=False)
            self._database.execute("PRAGMA journal_mode=WAL")
            self._database.execute("PRAGMA synchronous=FULL")
            self._database.execute(_TABLE)
            self._database.commit()
        except sqlite3.Error as error:
            raise InputError(f"{file} can't be used to store observed clicks: {error}.") from None

    def append(self, clicks: Sequence[ObservedClick], names: Names = NUMBERS) -> int:
        """Write clicks, in one transaction, with ids as the log has them; how many of them were new."""
        rows = [
            (c.id, names.user(c.user_id), names.article(c.article_id), c.time, c.session_id, *c.context.codes())
            for c in clicks
        ]
        with self._lock, self._database:
            before = self._database.total_changes
            self._database.executemany(_INSERT, rows)
            return self._database.total_changes - before

    def clicks(self, names: Names = NUMBERS) -> list[ObservedClick]:
        """Every click, in the order in which they were written, its ids as numbers."""
        with self._lock:
            rows = self._database.execute(f"SELECT {', '.join(_COLUMNS)} FROM clicks ORDER BY rowid").fetchall()
        return [
            ObservedClick(one, names.user_number(user), names.article_number(article), time, Context(*codes), session)
            for one, user, article, time, session, *codes in rows
        ]

    def close(self) -> None:
        """Close the file."""
        self._database.close()


class LearningEngine:
    """The engine as it is now, with every click that has been taken in.

    Clicks are written down at once and learned from with the next request, so that a thousand a second cost requests
    no more than one.
    """

    def __init__(self, engine: Engine, log: EventLog) -> None:
        self._log = log
        self._engine = engine
        self._start = engine.start.time
        # What is older than the set was there when it was trained.
        self._names = engine.names
        self._waiting = [click for click in log.clicks(self._names) if click.time >= self._start]
        self._lock = threading.Lock()
        self._keep_names(self._waiting)

    def take_in(self, clicks: Sequence[ObservedClick]) -> int:
        """Keep clicks; every request that follows knows of them. How many were new.

        Raises:
            InputError: one of them makes no sense; then none is kept.
        """
        for click in clicks:
            check(click, self._start)
        self._keep_names(clicks)
        new = self._log.append(clicks, self._names)
        with self._lock:
            self._waiting.extend(clicks)
        return new

    def _keep_names(self, clicks: Sequence[ObservedClick]) -> None:
        for click in clicks:
            self._names.keep(click.user_id, click.article_id)

    def now(self) -> Engine:
        """The engine that knows of every click taken in so far."""
        with self._lock:
            if self._waiting:
                self._engine = self._engine.observe(self._waiting)
                self._waiting = []
            return self._engine
