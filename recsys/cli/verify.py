"""``recsys verify``."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from recsys.artifacts.artifact_set import ArtifactSet
from recsys.cli.options import FOLDER


@click.command("verify")
@click.argument("artifacts", type=FOLDER)
def command(artifacts: Path) -> None:
    """Check every file of a set against its manifest."""
    found = ArtifactSet.open(artifacts)
    problems = list(found.problems())
    for problem in problems:
        click.echo(problem, err=True)
    if problems:
        sys.exit(1)
    total = sum(entry.bytes for entry in found.manifest.files.values())
    click.echo(f"{artifacts} is sound: {len(found.manifest.files)} files, {total / 1e6:.1f} MB.")
