"""A store by its name."""

from __future__ import annotations

from pathlib import Path

from recsys.events.postgres_store import PostgresStore
from recsys.events.sqlite_store import SQLiteStore
from recsys.events.store import EventStore

DATABASES = ("postgresql://", "postgres://")


def open_store(name: str) -> EventStore:
    """The store in a file, or in the database at an address. Errors are those of the kind of store."""
    return PostgresStore(name) if name.startswith(DATABASES) else SQLiteStore(Path(name))
