"""Libraries that people would pick instead, beside ours, on the same requests.

python -m benchmarks.library_peers --data GLOBO --python ENV/bin/python [--windows 312:336] [--limit 100] [--draws 12]

ENV is an environment with ``implicit``, ``lenskit`` and ``wsknn``, some of which need other versions than ours: what
they learn from and are asked goes to files, their lists come back (``benchmarks.libraries``). Each hour they are fitted
to the sessions of the last hours, at their best settings among so many random draws on tuning sessions. Those that
ENV does not have are left out, and named.
"""

from __future__ import annotations

import json
import os
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import click
import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel

from recsys.backtest.baselines import registry as baselines
from recsys.core.entities import ENSEMBLE
from recsys.core.progress import Progress
from recsys.core.types import HOUR, Doubles, Ints
from recsys.data.click_log import ClickLog
from recsys.data.loader import load
from recsys.data.next_click import NextClickTasks
from recsys.engine.candidates import CandidateEngine
from recsys.engine.engine import Engine
from recsys.evaluation import protocols
from recsys.evaluation.metrics import gains, mean_over_groups
from recsys.evaluation.ranked_lists import DEPTH, RankedLists, rank_tasks
from recsys.evaluation.report import SavedReport
from recsys.ranking.ensemble import Ensemble
from recsys.training.adaptation import adapted
from recsys.training.settings import TrainingSettings
from recsys.training.walk_forward import spans, stages, walk_forward

ANSWER = Path(__file__).parent / "libraries" / "answer.py"
SEED = 7
TIMED = 300
"""Requests of ours that are timed, one by one."""
Range = tuple[float, float] | Sequence[str | int]
HOURS: Range = (4.0, 72.0)
WAYS: dict[str, dict[str, Range]] = {
    "implicit BM25": {"K": (20.0, 500.0), "K1": (0.1, 10.0), "B": (0.01, 1.0)},
    "implicit ALS": {"factors": (16.0, 128.0), "regularization": (0.001, 1.0), "alpha": (1.0, 40.0)},
    "LensKit item-item": {"max_nbrs": (5.0, 200.0), "min_sim": (1e-6, 1e-2)},
    "LensKit ALS": {"embedding_size": (16.0, 128.0), "regularization": (0.001, 1.0), "weight": (1.0, 80.0)},
    "wsknn": {
        "number_of_neighbors": (50.0, 1000.0),
        "sample_size": (200.0, 3000.0),
        "sampling_strategy": ("common_items", "recent"),
        "weighting_func": ("linear", "log", "quadratic"),
        "ranking_strategy": ("linear", "log", "quadratic", "inv"),
    },
}
"""What is drawn for each: from a range evenly by its logarithm, or one of a few names."""
WHOLE = {"K", "factors", "max_nbrs", "embedding_size", "number_of_neighbors", "sample_size"}


class Peer(BaseModel):
    """What one system came to, and what it takes: medians, and the 99th percentile of requests."""

    ndcg: float
    hr: float
    request_ms: float
    request_ms_p99: float
    fit_ms: float | None = None
    settings: dict[str, Any] = {}


class LibraryReport(SavedReport):
    """All systems, by name."""

    windows: tuple[int, int]
    requests: int
    draws: int
    left_out: list[str]
    found: dict[str, Peer]


@dataclass
class Way:
    """A library with settings, and how many hours of clicks it learns from."""

    name: str
    settings: dict[str, Any] = field(default_factory=dict)
    hours: float = 24.0


@dataclass(frozen=True)
class Answers:
    """What a way answered: lists, shape (requests, 20), and its times."""

    lists: Ints
    ms: Doubles
    fit_ms: Doubles


def drawn(name: str, ranges: Mapping[str, Range], draws: int) -> list[Way]:
    """A library's own defaults, and random settings."""
    chance = np.random.default_rng(SEED)
    found = [Way(name)]
    for _ in range(draws - 1):
        settings = {one: _drawn(chance, ends, one in WHOLE) for one, ends in ranges.items()}
        found.append(Way(name, settings, float(_drawn(chance, HOURS, False))))
    return found


def _drawn(chance: np.random.Generator, ends: Range, whole: bool) -> Any:
    if isinstance(ends[0], str):
        return ends[int(chance.integers(len(ends)))]
    value = float(np.exp(chance.uniform(*np.log(np.array(ends, float)))))
    return round(value) if whole else value


def available(python: Path) -> list[str]:
    """The ways that an environment has."""
    asked = "import json, answer; print(json.dumps(list(answer.ways())))"
    done = subprocess.run([python, "-c", asked], cwd=ANSWER.parent, check=True, capture_output=True, text=True)
    return list(json.loads(done.stdout.splitlines()[-1]))


def ask(python: Path, log: ClickLog, tasks: NextClickTasks, ways: Sequence[Way]) -> list[Answers]:
    """The answers of each way, in the environment of ``python``."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        clicks = log.clicks
        np.savez(folder / "clicks.npz", sessions=clicks.sessions, items=clicks.items, times=clicks.times)
        np.savez(folder / "requests.npz", allow_pickle=False, **_as_arrays(log, tasks))
        (folder / "ways.json").write_text(json.dumps([vars(way) for way in ways]))
        subprocess.run([python, ANSWER, folder], check=True, env={**os.environ, "PYTHONWARNINGS": "ignore"})
        found = [dict(np.load(folder / f"{number}.npz")) for number in range(len(ways))]
    return [Answers(one["lists"].astype(np.int32), one["ms"], one["fit_ms"]) for one in found]


def _as_arrays(log: ClickLog, tasks: NextClickTasks) -> dict[str, NDArray[np.int64]]:
    """Each request's session, oldest first, and the moment up to which others are known."""
    requests = tasks.requests(log.histories, log.articles.ids, session_only=True)
    sessions = [[one.article_id for one in request.history or ()] for request in requests]
    read = log.articles.index(np.array([article for session in sessions for article in session], np.int64))
    starts = np.cumsum([0, *map(len, sessions)])
    return {"moments": tasks.moments, "items": read.astype(np.int64), "starts": starts.astype(np.int64)}


def quality(log: ClickLog, tasks: NextClickTasks, lists: Ints) -> tuple[float, float]:
    """NDCG@20 and HR@20, means over windows."""
    ranks = RankedLists(tasks, {"": lists}, np.empty(0, np.int32)).ranks[""]
    windows = protocols.windows_of(tasks, log)
    return tuple(round(mean_over_groups(gains(ranks, one), windows), 4) for one in ("ndcg@20", "hr@20"))  # type: ignore[return-value]


def best_ways(python: Path, log: ClickLog, windows: tuple[int, int], draws: int, limit: int) -> list[Way]:
    """The best draw of each library that is there, on tuning sessions."""
    tasks = protocols.hourly(log, windows, tuning=True, limit=limit)
    best = []
    for name in available(python):
        ways = drawn(name, WAYS[name], draws)
        figures = [quality(log, tasks, one.lists) for one in ask(python, log, tasks, ways)]
        best.append(ways[int(np.argmax([ndcg for ndcg, _ in figures]))])
        click.echo(f"{name}: {max(figures)[0]:.4f} with {best[-1]}", err=True)
    return best


def ours(log: ClickLog, windows: tuple[int, int], tasks: NextClickTasks) -> dict[str, Peer]:
    """The ensemble, the baselines and the published session kNNs, on the same requests."""
    first, end = windows
    start = protocols.origin(log) + first * HOUR
    settings = adapted(TrainingSettings(), log.before(start))
    between = spans(settings.walk_forward, int(log.clicks.times[0]), start, start + (end - first) * HOUR)
    ensembles = {ENSEMBLE: Ensemble.of(settings), **baselines.fitted_to(settings)}
    ensembles |= {name: baselines.alone(kind) for name, kind in baselines.PEERS.items()}
    progress = Progress(stages(between, ensembles, start))
    lists, took = [], dict[str, list[float]]()
    for span, engines in zip(
        between, walk_forward(settings.walk_forward, log, between, ensembles, start, progress.stage), strict=True
    ):
        if span[0] >= start:
            some = tasks.opening_in(*span)
            lists.append(rank_tasks(engines, some, lambda _: None))
            for name, engine in engines.items():
                took.setdefault(name, []).extend(_timed(engine, some))
    progress.close()
    joined = RankedLists.joined(lists)
    found = {}
    for name, ms in took.items():
        ndcg, hr = quality(log, joined.tasks, joined.lists[name])
        found[name] = _peer(ndcg, hr, np.array(ms))
    return found


def _timed(engine: CandidateEngine, tasks: NextClickTasks) -> list[float]:
    """Milliseconds of some requests, each asked alone at a moment that is laid out."""
    took = []
    some = tasks.rows(np.linspace(0, len(tasks) - 1, min(TIMED, len(tasks))).astype(np.int64))
    alone = not isinstance(engine, Engine)
    for row, request in enumerate(some.requests(engine.histories, engine.articles.ids, session_only=alone)):
        moment = engine.at(int(some.moments[row]))
        for counted in (False, True):  # the first of a moment lays out what all others look up
            began = time.perf_counter()
            if isinstance(engine, Engine):
                engine.rank([request], moment)
            else:
                next(iter(moment.retrievers.values())).retrieve(engine.visitors([request], moment)[0], DEPTH)
            if counted:
                took.append(1000 * (time.perf_counter() - began))
    return took


def _peer(ndcg: float, hr: float, ms: Doubles, **more: Any) -> Peer:
    p50, p99 = np.percentile(ms, [50, 99]).round(3).tolist()
    return Peer(ndcg=ndcg, hr=hr, request_ms=p50, request_ms_p99=p99, **more)


@click.command()
@click.option("--data", required=True, type=click.Path(path_type=Path, exists=True))
@click.option("--python", required=True, type=click.Path(path_type=Path, exists=True), help="Of the environment.")
@click.option("--windows", default="312:336", show_default=True, help="Measured, on test sessions.")
@click.option("--limit", default=100, show_default=True, help="Most requests of a window.")
@click.option("--tuned-on", default="240:264", show_default=True, help="Windows of the tuning sessions.")
@click.option("--draws", default=12, show_default=True, type=click.IntRange(min=1), help="Settings tried for each.")
@click.option("--tuning-limit", default=20, show_default=True, help="Most requests of a window in tuning.")
@click.option("--json", "json_file", type=click.Path(path_type=Path))
def main(
    data: Path,
    python: Path,
    windows: str,
    limit: int,
    tuned_on: str,
    draws: int,
    tuning_limit: int,
    json_file: Path | None,
) -> None:
    """Tune the libraries, and measure them beside ours."""
    (first, end), (from_, to) = (map(int, text.split(":")) for text in (windows, tuned_on))
    log, _ = load(data)
    ways = best_ways(python, log, (from_, to), draws, tuning_limit)
    tasks = protocols.hourly(log, (first, end), limit=limit)
    found = ours(log, (first, end), tasks)
    for way, answers in zip(ways, ask(python, log, tasks, ways), strict=True):
        ndcg, hr = quality(log, tasks, answers.lists)
        fit_ms = round(float(np.median(answers.fit_ms)), 1)
        how = {**way.settings, "hours": round(way.hours, 1)}
        found[way.name] = _peer(ndcg, hr, answers.ms[answers.ms > 0], fit_ms=fit_ms, settings=how)
    left_out = [name for name in WAYS if name not in {way.name for way in ways}]
    report = LibraryReport(windows=(first, end), requests=len(tasks), draws=draws, left_out=left_out, found=found)
    if json_file is not None:
        report.write(json_file)
    click.echo(f"{report.requests:,} requests" + (f"; not installed: {', '.join(left_out)}" if left_out else ""))
    for name, peer in found.items():
        fit = "" if peer.fit_ms is None else f"  fit {peer.fit_ms:8,.0f} ms"
        times = f"{peer.request_ms:8.2f} ms  p99 {peer.request_ms_p99:8.2f} ms"
        click.echo(f"{name:<18} {peer.ndcg:.4f}  {peer.hr:.4f}  {times}{fit}")


if __name__ == "__main__":
    main()
