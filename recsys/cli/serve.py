"""``recsys serve``."""

from __future__ import annotations

import os
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import click

from recsys.artifacts.open_sets import VARIABLE
from recsys.cli.options import FOLDER
from recsys.errors import InputError


@click.command("serve")
@click.option("--artifacts", type=FOLDER, help="The set to show (default: artifacts/demo).")
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", default=8501, show_default=True, type=click.IntRange(1, 65_535))
@click.option("--events", type=click.Path(path_type=Path, dir_okay=False), help="Take in clicks, and store them here.")
@click.option("--workers", type=click.IntRange(1, 64), help="Serve the API alone, with this many processes.")
def command(artifacts: Path | None, host: str, port: int, events: Path | None, workers: int | None) -> None:
    """Serve the pages and the REST API in one process, or the API alone in several.

    Environment variables guard the API: docs/operations.md.
    """
    if artifacts is not None:
        os.environ[VARIABLE] = str(artifacts.resolve())
    if workers is None:
        from recsys.ui.server import run

        run(host, port, None if events is None else events.resolve())
        return
    if events is not None:
        raise InputError("--events needs a single process: leave out --workers.")
    import uvicorn

    from recsys.api.settings import ServerSettings
    from recsys.api.telemetry import SHARED

    ServerSettings.of()  # an error in them is reported once, not by every worker
    quiet: dict[str, Any] = {"access_log": False, "log_level": "warning"}
    with TemporaryDirectory() as figures:
        os.environ[SHARED] = figures
        uvicorn.run("recsys.api.app:alone", factory=True, host=host, port=port, workers=workers, **quiet)
