"""A PostgreSQL server of the tests' own, started from Debian's package."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from benchmarks.running_app import free_port

INSTALLED = sorted(Path("/usr/lib/postgresql").glob("*/bin"))


@contextmanager
def running_postgres() -> Iterator[str]:
    """Start an empty server, give its address, and stop it at the end."""
    home = Path(tempfile.mkdtemp(prefix="recsys-postgres-"))
    if os.getuid() == 0:
        shutil.chown(home, "postgres")
    port = free_port()
    tool, data = INSTALLED[-1], home / "data"
    options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={home}"
    try:
        _run(home, tool / "initdb", "-D", data, "-U", "recsys", "--auth=trust", "--no-sync")
        _run(home, tool / "pg_ctl", "-D", data, "-o", options, "-w", "-l", home / "log", "start")
        yield f"postgresql://recsys@127.0.0.1:{port}"
        _run(home, tool / "pg_ctl", "-D", data, "-m", "immediate", "stop")
    finally:
        shutil.rmtree(home, ignore_errors=True)


def new_database(address: str) -> str:
    """Make an empty database on a server, and give its address."""
    name = f"t{uuid.uuid4().hex}"
    with psycopg.connect(f"{address}/postgres", autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
    return f"{address}/{name}"


def _run(home: Path, *command: object) -> None:
    """As the user ``postgres`` where we are root, as which a server refuses to run."""
    as_other = ["runuser", "-u", "postgres", "--"] if os.getuid() == 0 else []
    # To a file: the server goes on and would keep a pipe open.
    with (home / "output").open("ab") as output:
        subprocess.run([*as_other, *map(str, command)], check=True, stdout=output, stderr=output, cwd=home)
