"""Prints what training on Spark costs, part by part: wall time, bytes shuffled, peak memory.

python -m benchmarks.spark_scale LOG [--master local[2]|cluster] [--json FILE]

The log is read, laid out, and one engine of the walk forward is fitted and replayed: all that ``recsys train --engine
spark`` leaves to Spark, once instead of five times. ``cluster`` is a standalone one, started here with two workers.
What the file has of other sizes and masters is kept.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeVar

import click
import pandas as pd

from benchmarks.spark_cluster import spark_cluster
from recsys.core.process import peak_memory_mb
from recsys.core.progress import Report
from recsys.core.types import DAY, Codes
from recsys.data.click_log import ClickLog
from recsys.data.next_click import NextClickTasks
from recsys.engine.candidates import CandidateEngine
from recsys.ranking.ensemble import DEFAULT
from recsys.ranking.training_set import TrainingSet
from recsys.retrieval.base import Retriever
from recsys.retrieval.live_articles import LiveArticles, LiveArticlesSettings
from recsys.spark.layout import LaidOutLog, lay_out
from recsys.spark.reading import read
from recsys.spark.session import connected
from recsys.spark.training import SparkBackend
from recsys.training.backend import Fit
from recsys.training.examples import sample_training_tasks
from recsys.training.walk_forward import fitted_engine

T = TypeVar("T")
MEMORY = "1g"
"""Of an executor, or of the driver that is its own executor: fixed, while the log grows."""
PEAKS = {"ProcessTreeJVMRSSMemory": "jvm_mb", "ProcessTreePythonRSSMemory": "python_mb"}


class Clock:
    """Names what Spark is doing, and takes the time."""

    def __init__(self, spark: Any) -> None:
        self.spark = spark
        self.seconds: dict[str, float] = {}

    def __call__(self, part: str, work: Callable[[], T]) -> T:
        self.spark.sparkContext.setJobDescription(part)
        began = time.perf_counter()
        found = work()
        self.seconds[part] = self.seconds.get(part, 0.0) + time.perf_counter() - began
        return found


class Timed(SparkBackend):
    """Training's backend, with a clock."""

    def __init__(self, spark: Any, log: LaidOutLog, clock: Clock) -> None:
        super().__init__(spark, log)
        self.clock = clock

    def tasks(self, log: ClickLog, start: int) -> NextClickTasks:
        return self.clock("tasks", lambda: super(Timed, self).tasks(log, start))

    def live(self, settings: LiveArticlesSettings, log: ClickLog, moment: int) -> LiveArticles:
        return self.clock("articles", lambda: super(Timed, self).live(settings, log, moment))

    def contexts(self, log: ClickLog, moment: int) -> Codes:
        return self.clock("profiles", lambda: super(Timed, self).contexts(log, moment))

    def fit(self, wanted: Fit, report: Report) -> Retriever:
        return self.clock(wanted.kind.name, lambda: super(Timed, self).fit(wanted, report))

    def training_set(self, engine: CandidateEngine, tasks: NextClickTasks, report: Report) -> TrainingSet:
        return self.clock("training set", lambda: super(Timed, self).training_set(engine, tasks, report))


def measure(folder: Path, master: str) -> list[dict[str, Any]]:
    """One row for each part."""
    with TemporaryDirectory() as place:
        work, events = Path(place) / "work", Path(place) / "events"
        work.mkdir()
        events.mkdir()
        with _master(master, Path(place)) as address, connected(address, _settings(events)) as spark:
            clock = Clock(spark)
            checked = clock("reading", lambda: read(spark, str(folder), work, skip_bad_rows=False))
            log = clock("laying out", lambda: lay_out(spark, checked, work))
            backend = Timed(spark, log, clock)
            start = log.end - DAY
            tasks = backend.tasks(log, start)
            engine = fitted_engine(log.before(log.end), start, log.end, DEFAULT, {}, lambda _: None, backend)
            drawn = sample_training_tasks(DEFAULT.settings.training_set, tasks, start, log.end)
            backend.training_set(engine, drawn, lambda _: None)
        costs = _costs(events)
        size = {"clicks": checked.report.rows, "master": master, "driver_mb": round(peak_memory_mb())}
        return [
            {**size, "part": part, "seconds": round(seconds, 1), **costs.get(part, {})}
            for part, seconds in clock.seconds.items()
        ]


@contextmanager
def _master(name: str, place: Path) -> Iterator[str]:
    with spark_cluster(place / "cluster") if name == "cluster" else nullcontext(name) as address:
        yield address


def _settings(events: Path) -> dict[str, str]:
    return {
        "spark.driver.memory": MEMORY,
        "spark.executor.memory": MEMORY,
        "spark.ui.enabled": "false",
        "spark.eventLog.enabled": "true",
        "spark.eventLog.dir": events.as_uri(),
        "spark.eventLog.compress": "false",
        "spark.eventLog.rolling.enabled": "false",
        "spark.eventLog.logStageExecutorMetrics": "true",
        "spark.executor.processTreeMetrics.enabled": "true",
        "spark.executor.metrics.pollingInterval": "500",
    }


def _costs(events: Path) -> dict[str, dict[str, float]]:
    """Bytes shuffled and the largest memory of an executor, by part, from Spark's own log of events."""
    part_of: dict[int, str] = {}
    found: dict[str, dict[str, float]] = {}
    [file] = [path for path in events.iterdir() if path.is_file()]
    for line in file.read_text().splitlines():
        event = json.loads(line)
        kind = event["Event"]
        if kind == "SparkListenerJobStart":
            part = event["Properties"].get("spark.job.description", "")
            part_of |= dict.fromkeys(event["Stage IDs"], part)
        elif kind in ("SparkListenerTaskEnd", "SparkListenerStageExecutorMetrics"):
            costs = found.setdefault(part_of.get(event["Stage ID"], ""), {"shuffled_mb": 0.0})
            written = (event.get("Task Metrics") or {}).get("Shuffle Write Metrics", {}).get("Shuffle Bytes Written", 0)
            costs["shuffled_mb"] = round(costs["shuffled_mb"] + written / 1e6, 3)
            for metric, name in PEAKS.items():
                peak = event.get("Executor Metrics", {}).get(metric, 0) / 1e6
                costs[name] = max(costs.get(name, 0), round(peak))
    return found


@click.command()
@click.argument("log", type=click.Path(path_type=Path, exists=True))
@click.option("--master", default="local[2]", show_default=True)
@click.option("--json", "json_file", type=click.Path(path_type=Path))
def main(log: Path, master: str, json_file: Path | None) -> None:
    """Measure one log, and print a table."""
    rows = measure(log, master)
    click.echo(pd.DataFrame(rows).to_string(index=False))
    if json_file is not None:
        before = json.loads(json_file.read_text()) if json_file.exists() else []
        others = [row for row in before if _run(row) != _run(rows[0])]
        json_file.write_text(json.dumps(sorted([*others, *rows], key=_run), indent=1) + "\n")


def _run(row: dict[str, Any]) -> tuple[str, int]:
    return row["master"], row["clicks"]


if __name__ == "__main__":
    main()
