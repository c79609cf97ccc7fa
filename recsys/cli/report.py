"""``recsys report``."""

from __future__ import annotations

from pathlib import Path

import click

from recsys.artifacts.store import load
from recsys.cli import options
from recsys.cli.one_request import options_of_request, request_of
from recsys.core.files import write_text


@click.command("report")
@options.artifacts
@options_of_request
@click.option("--out", required=True, type=options.FOLDER, help="The HTML file to write.")
def command(
    artifacts: Path,
    user_id: str,
    k: int,
    as_of: str | None,
    policy_file: Path | None,
    out: Path,
    **overrides: str | None,
) -> None:
    """Write what a reader would be shown, and why, as one HTML file to send to somebody."""
    from recsys.ui.reports.view import view_report

    loaded = load(artifacts)
    answer = loaded.engine.recommend(request_of(loaded.engine, user_id, k, as_of, policy_file, overrides))
    write_text(out, view_report(loaded, answer))
    click.echo(f"Written to {out}.")
