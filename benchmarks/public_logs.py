"""Public logs as published, from the file to a set: ``python -m benchmarks.public_logs FILE ...`` prints a table."""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import click

from recsys.artifacts.artifact_set import ArtifactSet
from recsys.core.entities import ENSEMBLE

SYSTEMS = (ENSEMBLE, "item_cf", "als", "popularity", "two_tower")
NOTHING = "–"


@click.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
def command(files: tuple[Path, ...]) -> None:
    for file in files:
        with tempfile.TemporaryDirectory() as folder:
            out = Path(folder) / "set"
            began = time.perf_counter()
            arguments = ["train", "--data", str(file), "--out", str(out), "--skip-bad-rows"]
            done = subprocess.run([sys.executable, "-m", "recsys", *arguments], capture_output=True, text=True)
            seconds = time.perf_counter() - began
            if done.returncode:
                click.echo(f"| {file.name} | {re.sub(r'.*recsys: ', '', done.stderr.strip().splitlines()[-1])} |")
                continue
            manifest = ArtifactSet.open(out).manifest
            figures = [manifest.metrics[one]["ndcg@20"] if one in manifest.metrics else None for one in SYSTEMS]
            best = max(one for one in figures if one is not None)
            cells = [NOTHING if one is None else f"**{one:.4f}**" if one == best else f"{one:.4f}" for one in figures]
            minutes, memory = f"{seconds / 60:.1f} min", f"{manifest.peak_memory_mb / 1000:.1f} GB"
            click.echo(f"| {file.name} | {minutes} | {memory} | {manifest.measured:,} | {' | '.join(cells)} |")


if __name__ == "__main__":
    command()
