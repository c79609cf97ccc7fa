"""Observed clicks in a PostgreSQL database: for servers on several machines."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from recsys.core.entities import CONTEXT_FIELDS
from recsys.errors import InputError, RecsysError
from recsys.events.store import COLUMNS, EventStore, StoreError

_TABLE = f"""
CREATE TABLE IF NOT EXISTS recsys_clicks (
    position BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id TEXT NOT NULL UNIQUE, user_id JSONB NOT NULL, article_id JSONB NOT NULL, time BIGINT NOT NULL,
    session_id BIGINT, {", ".join(f"{name} INTEGER NOT NULL" for name in CONTEXT_FIELDS)}
)
"""
# Positions are drawn before a transaction ends: one after the other, so that no reader passes one that is yet to come.
_ALONE = "LOCK TABLE recsys_clicks IN EXCLUSIVE MODE"
_INSERT = (
    f"INSERT INTO recsys_clicks ({', '.join(COLUMNS)}) VALUES ({', '.join(['%s'] * len(COLUMNS))}) "
    "ON CONFLICT (id) DO NOTHING"
)
_SELECT = (
    f"SELECT position, {', '.join(COLUMNS)} FROM recsys_clicks WHERE position > %s AND time >= %s ORDER BY position"
)
SECONDS = 2
"""How long to wait for the database."""
Found = TypeVar("Found")


class PostgresStore(EventStore):
    """Clicks in the table ``recsys_clicks`` of a database.

    Args:
        address: ``postgresql://user:password@host/database``.

    Raises:
        RecsysError: psycopg is not installed.
        InputError: there is no such database, or the table can't be made.
    """

    def __init__(self, address: str) -> None:
        try:
            import psycopg
        except ImportError:
            raise RecsysError("Clicks in PostgreSQL need psycopg: pip install -e '.[postgres]'.") from None
        self._errors: type[Exception] = psycopg.Error
        self._open: Callable[[], Any] = lambda: psycopg.connect(
            address, connect_timeout=SECONDS, options=f"-c statement_timeout={SECONDS}s -c lock_timeout={SECONDS}s"
        )
        self._lock = threading.Lock()
        self._connection: Any = None
        try:
            self._tried(lambda connection: connection.execute(_TABLE))
        except StoreError as error:
            raise InputError(str(error)) from None

    def position(self) -> int:
        """The position of the click that was written last."""

        def last(connection: Any) -> int:
            return connection.execute("SELECT max(position) FROM recsys_clicks").fetchone()[0] or 0

        return self._tried(last)

    def close(self) -> None:
        """Close the connection."""
        if self._connection is not None:
            self._connection.close()

    def _insert(self, rows: Sequence[tuple[Any, ...]]) -> int:
        # An id is a number or a name, and comes back as what it was.
        values = [(one, json.dumps(user), json.dumps(article), *rest) for one, user, article, *rest in rows]

        def insert(connection: Any) -> int:
            connection.execute(_ALONE)
            with connection.cursor() as cursor:
                cursor.executemany(_INSERT, values)
                return int(cursor.rowcount)

        return self._tried(insert)

    def _select(self, position: int, time: int) -> list[tuple[Any, ...]]:
        return self._tried(lambda connection: connection.execute(_SELECT, (position, time)).fetchall())

    def _tried(self, work: Callable[[Any], Found]) -> Found:
        """Do something in one transaction, over a new connection where the last one is broken."""
        with self._lock:
            try:
                if self._connection is None or self._connection.closed or self._connection.broken:
                    self._connection = self._open()
                with self._connection.transaction():
                    return work(self._connection)
            except self._errors as error:
                if self._connection is not None and self._connection.broken:
                    self._connection = None
                said = str(error).splitlines()[0] if str(error) else type(error).__name__
                raise StoreError(f"The clicks in PostgreSQL can't be used at the moment: {said}.") from None
