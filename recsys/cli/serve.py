"""``recsys serve``."""

from __future__ import annotations

import os
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import click

from recsys.artifacts.open_sets import VARIABLE
from recsys.cli.options import FOLDER
from recsys.events.clock import Now
from recsys.events.opening import DATABASES


@click.command("serve")
@click.option("--artifacts", type=FOLDER, help="The set to show (default: artifacts/demo).")
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", default=8501, show_default=True, type=click.IntRange(1, 65_535))
@click.option("--events", help="Take in clicks, and keep them here: a file, or postgresql://user@host/database.")
@click.option(
    "--clock", type=click.Choice([str(one) for one in Now]), default=str(Now.WALL), show_default=True,
    help="With --events, what is now: the clock on the wall, or the last click of the log.",
)  # fmt: skip
@click.option("--policy", type=FOLDER, help="A TOML file of policies; the first is in force, others can be asked for.")
@click.option("--workers", type=click.IntRange(1, 64), help="Serve the API alone, with this many processes.")
def command(
    artifacts: Path | None,
    host: str,
    port: int,
    events: str | None,
    clock: str,
    policy: Path | None,
    workers: int | None,
) -> None:
    """Serve the pages and the REST API in one process, or the API alone in several.

    Environment variables guard the API: docs/operations.md.
    """
    from recsys.api import app
    from recsys.api.settings import POLICY, ServerSettings

    if artifacts is not None:
        os.environ[VARIABLE] = str(artifacts.resolve())
    if policy is not None:
        os.environ[POLICY] = str(policy.resolve())
    store = events if events is None or events.startswith(DATABASES) else str(Path(events).resolve())
    if workers is None:
        from recsys.ui.server import run

        run(host, port, app.events_of(store or "", clock))
        return
    import uvicorn

    from recsys.api.telemetry import SHARED

    ServerSettings.of()  # an error in them is reported once, not by every worker
    if (events_once := app.events_of(store or "", clock)) is not None:
        events_once.store.close()
        os.environ.update({app.STORE: store or "", app.CLOCK: clock})
    quiet: dict[str, Any] = {"access_log": False, "log_level": "warning"}
    with TemporaryDirectory() as figures:
        os.environ[SHARED] = figures
        uvicorn.run(
            "recsys.api.app:alone", factory=True, host=host, port=port, workers=workers,
            http="recsys.api.connections:TimedConnection", **quiet,
        )  # fmt: skip
