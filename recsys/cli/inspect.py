"""``recsys inspect``."""

from __future__ import annotations

from pathlib import Path

import click

from recsys.cli import options
from recsys.errors import InputError


@click.command("inspect")
@click.argument("path", type=click.Path(path_type=Path))
@options.layout
@click.option("--write", is_flag=True, help="Write the proposed settings beside the log.")
def command(path: Path, layout: str | None, write: bool) -> None:
    """Say what a log is, how it would be read, what would be lost, and whether it is enough to train on."""
    from recsys.data.inspection import inspect, proposed_toml, text
    from recsys.data.reading.resolve import settings_file
    from recsys.evaluation.holdout import choose_holdout

    found = inspect(path, layout)
    click.echo(text(found))
    if found.log is not None:
        click.echo(f"\nEnough to train on?\n  {choose_holdout(found.log, found.log.end).in_words()}")
    proposed = proposed_toml(found.resolved)
    file = settings_file(path)
    if not write:
        click.echo(f"\nSettings ({file.name}; --write puts them beside the log)\n")
        click.echo("\n".join(f"  {line}".rstrip() for line in proposed.splitlines()))
        return
    if file.exists():
        raise InputError(f"{file} is there already.")
    file.write_text(proposed, "utf-8")
    click.echo(f"\n{file} is written.")
