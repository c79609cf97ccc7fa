"""``recsys bench``."""

from __future__ import annotations

from pathlib import Path

import click

from recsys.bench.measure import ROUNDS, VISITORS, measure
from recsys.cli import options


@click.command("bench")
@options.artifacts
@click.option(
    "--rounds", default=ROUNDS, show_default=True, type=click.IntRange(min=1), help="How often everything is timed."
)
@click.option(
    "--visitors",
    default=VISITORS,
    show_default=True,
    type=click.IntRange(min=1),
    help="Stored readers timed in a round.",
)
@click.option("--json", "json_file", type=options.FOLDER, help="Save the figures in this file.")
def command(artifacts: Path, rounds: int, visitors: int, json_file: Path | None) -> None:
    """Measure how fast and how large a set is, beside the static way of doing the same work."""
    found = measure(artifacts, rounds, visitors)
    if json_file is not None:
        found.write(json_file)
    click.echo(found)
