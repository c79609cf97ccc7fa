"""Measures how costs grow with the log, and draws it.

python -m benchmarks.growth --work DIR [--users 1 --users 3 …] [--days 1 --days 3 …] [--settings FILE] [--json FILE]
    [--plot FILE.svg]

The simulated newsroom with as many readers and clicks as the real log in 10 days is 1×. It grows in two ways: more
readers in the same days, who click on the same articles; and more days as busy as these, with new articles and readers
on each. Logs and sets stay in DIR, so that a run goes on where another ended. What counts cost does not depend on how
well anything has been learned: with ``--settings benchmarks/short_training.toml`` it is known in a quarter of the time.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from statistics import median

import click
import numpy as np
import pandas as pd
from pydantic import BaseModel

from recsys.artifacts.store import load
from recsys.bench.work import advances, some_visitors, took
from recsys.core.entities import Request

USERS, DAYS = 308_023, 10
VISITORS, ROUNDS = 200, 5
COSTS = {
    "request_ms": "a request, ms",
    "new_visitor_ms": "a new visitor's request, ms",
    "advance_ms": "an hour of clicks taken in, ms",
    "train_s": "training, s",
    "train_mb": "training, MB",
    "artifact_mb": "artifacts, MB",
}


class Size(BaseModel):
    """One log and what it cost; ``way`` is what grew."""

    way: str
    times: float
    users: int
    articles: int
    clicks: int
    request_ms: float
    new_visitor_ms: float
    advance_ms: float
    train_s: float
    train_mb: float
    stages_s: dict[str, float]
    artifact_mb: float


def measure(way: str, times: float, work: Path, settings: Path | None = None) -> Size:
    """Simulate, train and time, as far as that is not done yet."""
    users, days = round(USERS * times), round(DAYS * times) if way == "days" else DAYS
    log, artifacts = work / f"{users}-{days}" / "log", work / f"{users}-{days}" / "set"
    if not (log / "clicks").exists():
        _recsys("simulate", "--out", log, "--users", users, "--days", days)
    if not (artifacts / "manifest.json").exists():
        _recsys("train", "--data", log, "--out", artifacts, *(() if settings is None else ("--settings", settings)))
    loaded = load(artifacts)
    engine, manifest = loaded.engine, loaded.manifest
    requests = some_visitors(engine, VISITORS)
    for request in requests:
        engine.recommend(request)
    known = [took(lambda: engine.recommend(request)) for _ in range(ROUNDS) for request in requests]  # noqa: B023
    new = [took(lambda: engine.recommend(Request(history=()))) for _ in range(VISITORS)]
    return Size(
        way=way,
        times=times,
        users=len(engine.user_ids),
        articles=len(engine.articles),
        clicks=len(engine.histories.items),
        request_ms=median(known),
        new_visitor_ms=median(new),
        advance_ms=median(ms for _, ms in advances(engine, 3)),
        train_s=sum(manifest.seconds.values()),
        train_mb=manifest.peak_memory_mb,
        stages_s=manifest.seconds,
        artifact_mb=sum(entry.bytes for entry in manifest.files.values()) / 1e6,
    )


def exponents(sizes: Sequence[Size]) -> pd.DataFrame:
    """The slope of each cost's logarithm against that of the clicks, by what grew: 0 is no growth, 1 in proportion."""
    rows = {}
    for way in dict.fromkeys(size.way for size in sizes):
        mine = [size for size in sizes if size.way == way]
        clicks = np.log([size.clicks for size in mine])
        if len(mine) > 1:
            rows[f"more {way}"] = {
                label: float(np.polyfit(clicks, np.log([getattr(size, cost) for size in mine]), 1)[0])
                for cost, label in COSTS.items()
            }
    return pd.DataFrame(rows)


def draw(sizes: Sequence[Size], file: Path) -> None:
    """Every cost as a multiple of that at the smallest size, both axes logarithmic; a panel for each way to grow."""
    import matplotlib as mpl

    mpl.use("svg")
    mpl.rcParams["svg.hashsalt"] = "recsys"
    from matplotlib import pyplot

    ways = list(dict.fromkeys(size.way for size in sizes))
    figure, panels = pyplot.subplots(1, len(ways), figsize=(4.8 * len(ways), 3.6), facecolor="white", squeeze=False)
    for way, axes in zip(ways, panels[0], strict=True):
        mine = sorted((size for size in sizes if size.way == way), key=lambda size: size.times)
        times = [size.times for size in mine]
        for cost, label in COSTS.items():
            values = np.array([getattr(size, cost) for size in mine])
            axes.loglog(times, values / values[0], "o-", label=label, linewidth=1.6)
        axes.loglog(times, np.array(times) / times[0], ":", color="gray", label="in proportion")
        axes.set(xlabel=f"times as many {way}", ylabel="times its cost at 1×", title=f"More {way}")
        axes.grid(alpha=0.25)
        axes.spines[["top", "right"]].set_visible(False)
    panels[0][0].legend(frameon=False, fontsize="small")
    figure.tight_layout()
    figure.savefig(file, metadata={"Date": None})


def _recsys(*arguments: object) -> None:
    subprocess.run([sys.executable, "-m", "recsys", *map(str, arguments)], check=True)


@click.command()
@click.option("--work", required=True, type=click.Path(path_type=Path), help="Where the logs and sets are kept.")
@click.option("--users", multiple=True, type=float, help="So many times the readers; without --days too, 1, 3 and 10.")
@click.option("--days", multiple=True, type=float, help="So many times the days, likewise.")
@click.option("--settings", type=click.Path(path_type=Path, exists=True), help="To train with.")
@click.option("--json", "json_file", type=click.Path(path_type=Path))
@click.option("--plot", type=click.Path(path_type=Path))
def main(
    work: Path,
    users: Sequence[float],
    days: Sequence[float],
    settings: Path | None,
    json_file: Path | None,
    plot: Path | None,
) -> None:
    """Measure every size, and print the costs and their exponents."""
    if not users and not days:
        users = days = (1, 3, 10)
    ways = [("users", times) for times in users] + [("days", times) for times in days]
    sizes = [measure(way, times, work, settings) for way, times in ways]
    click.echo(pd.DataFrame([size.model_dump(exclude={"stages_s"}) for size in sizes]).round(2).to_string(index=False))
    click.echo(exponents(sizes).round(2).to_string())
    if json_file is not None:
        json_file.write_text(json.dumps([size.model_dump() for size in sizes], indent=1) + "\n")
    if plot is not None:
        draw(sizes, plot)


if __name__ == "__main__":
    main()
