"""``recsys simulate``."""

from __future__ import annotations

from pathlib import Path

import click

from recsys.cli.options import FOLDER
from recsys.data.newsroom import simulate
from recsys.errors import InputError


@click.command("simulate")
@click.option("--out", required=True, type=FOLDER, help="The folder to write to.")
@click.option("--users", default=65_535, show_default=True, type=click.IntRange(min=1), help="How many readers.")
@click.option("--days", default=10, show_default=True, type=click.IntRange(1, 365), help="How many days.")
@click.option("--seed", default=7, show_default=True, type=click.IntRange(min=0), help="Of the random numbers.")
def command(out: Path, users: int, days: int, seed: int) -> None:
    """Write a simulated newsroom's click log, in the published layout."""
    if out.is_file() or (out.is_dir() and any(out.iterdir())):
        raise InputError(f"{out} already exists and is not an empty folder.")
    clicks = simulate(out, users=users, days=days, seed=seed)
    click.echo(f"{clicks:,} clicks of {users:,} users on {days} days written to {out}.")
