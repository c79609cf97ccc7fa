"""Prints what moving the clock costs: an hour of clicks taken in, and any moment reached from the set's start.

python -m benchmarks.clock --artifacts SET
"""

from __future__ import annotations

from pathlib import Path

import click
import numpy as np

from recsys.analysis.replay import CHECKPOINT, keep_checkpoints
from recsys.artifacts.store import load
from recsys.bench.work import advances, busy_hour, timed
from recsys.core.types import HOUR


@click.command()
@click.option("--artifacts", required=True, type=click.Path(path_type=Path, exists=True))
def main(artifacts: Path) -> None:
    """Measure it on one set."""
    engine = load(artifacts).engine
    counts, times = np.array(advances(engine, 3)).T
    click.echo(
        f"an hour: median {np.median(counts):,.0f} clicks, {np.median(times):.0f} ms; longest {times.max():.0f} ms"
    )
    half = engine.at(engine.start.time + 6 * HOUR)
    busy = busy_hour(engine, half.time)
    took = timed(lambda: half.advance(busy, engine.histories, half.time + HOUR))
    click.echo(f"an hour with {len(busy):,} clicks: {took:.0f} ms")
    clicks = engine.replay.between(engine.start.time, engine.end)
    took = timed(lambda: engine.start.advance(clicks, engine.histories, engine.end))
    click.echo(f"the farthest moment, {len(clicks):,} clicks after the set's start: {took:.0f} ms")
    keep_checkpoints(engine)
    just_before = range(engine.start.time + CHECKPOINT - 1, engine.end + 1, CHECKPOINT)
    took = max(timed(lambda: engine.at(time), 1) for time in just_before)  # noqa: B023
    click.echo(f"the farthest moment from a checkpoint: {took:.0f} ms")


if __name__ == "__main__":
    main()
