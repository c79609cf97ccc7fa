"""Libraries that people would pick instead, beside ours, on the same requests.

python -m benchmarks.library_peers --data GLOBO [--windows 312:336] [--limit 100] [--draws 6] [--json FILE]

``implicit``, ``lenskit`` and ``wsknn``, some of which need other versions than ours, are installed in an environment of
their own: what they learn from and are asked goes to files, their lists come back (``benchmarks.libraries``). Each hour
they are fitted to the sessions of the last hours, at their best settings among so many random draws on tuning sessions.
With ``--python`` it is another environment; what that does not have is left out, and named.
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import click
import numpy as np

from benchmarks.environments import python_with
from benchmarks.library_ways import WAYS, ask, best_ways, quality
from recsys.backtest.baselines import registry as baselines
from recsys.backtest.baselines.peers import PEERS
from recsys.core.entities import ENSEMBLE
from recsys.core.progress import Progress
from recsys.core.types import HOUR, Doubles
from recsys.data.click_log import ClickLog
from recsys.data.loader import load
from recsys.data.next_click import NextClickTasks
from recsys.engine.candidates import CandidateEngine
from recsys.engine.engine import Engine
from recsys.evaluation import protocols
from recsys.evaluation.ranked_lists import DEPTH, RankedLists, rank_tasks
from recsys.evaluation.saved_reports import LibraryReport, Peer
from recsys.ranking.ensemble import Ensemble
from recsys.training.adaptation import adapted
from recsys.training.settings import TrainingSettings
from recsys.training.walk_forward import spans, stages, walk_forward

REQUIREMENTS = Path(__file__).parent / "libraries" / "requirements.txt"
TIMED = 300
"""Requests of ours that are timed, one by one."""


def ours(log: ClickLog, windows: tuple[int, int], tasks: NextClickTasks) -> dict[str, Peer]:
    """The ensemble, the baselines and the published session recommenders, on the same requests."""
    first, end = windows
    start = protocols.origin(log) + first * HOUR
    settings = adapted(TrainingSettings(), log.before(start))
    between = spans(settings.walk_forward, int(log.clicks.times[0]), start, start + (end - first) * HOUR)
    ensembles = {ENSEMBLE: Ensemble.of(settings), **baselines.fitted_to(settings)}
    ensembles |= {name: baselines.alone(kind) for name, kind in PEERS.items()}
    progress = Progress(stages(between, ensembles, start))
    lists, took, updates = [], dict[str, list[float]](), dict[str, list[float]]()
    for span, engines in zip(
        between, walk_forward(settings.walk_forward, log, between, ensembles, start, progress.stage), strict=True
    ):
        if span[0] >= start:
            some = tasks.opening_in(*span)
            lists.append(rank_tasks(engines, some, lambda _: None))
            for name, engine in engines.items():
                requests_ms, updates_ms = _timed(engine, some)
                took.setdefault(name, []).extend(requests_ms)
                updates.setdefault(name, []).extend(updates_ms)
    progress.close()
    joined = RankedLists.joined(lists)
    found = {}
    for name, ms in took.items():
        ndcg, hr = quality(log, joined.tasks, joined.lists[name])
        found[name] = _peer(ndcg, hr, np.array(ms), np.array(updates[name]))
    return found


def _timed(engine: CandidateEngine, tasks: NextClickTasks) -> tuple[list[float], list[float]]:
    """Milliseconds of some requests, each asked alone at a moment that is laid out, and of taking in an hour."""
    took, updates, moment = [], [], engine.start
    some = tasks.rows(np.linspace(0, len(tasks) - 1, min(TIMED, len(tasks))).astype(np.int64))
    alone = not isinstance(engine, Engine)
    for row, request in enumerate(some.requests(engine.histories, engine.articles.ids, session_only=alone)):
        is_first = row == 0 or some.moments[row] != some.moments[row - 1]
        if is_first:
            began, came_from = time.perf_counter(), moment.time
            moment = engine.advance(moment, int(some.moments[row]))
            if moment.time == came_from + HOUR:
                updates.append(1000 * (time.perf_counter() - began))
        for counted in (False, True) if is_first else (True,):  # the first lays out what all of the moment look up
            began = time.perf_counter()
            if isinstance(engine, Engine):
                engine.rank([request], moment)
            else:
                next(iter(moment.retrievers.values())).retrieve(engine.visitors([request], moment)[0], DEPTH)
            if counted:
                took.append(1000 * (time.perf_counter() - began))
    return took, updates


def _peer(ndcg: float, hr: float, ms: Doubles, hour_ms: Doubles, **more: Any) -> Peer:
    p50, p99 = np.percentile(ms, [50, 99]).round(3).tolist()
    hour = round(float(np.median(hour_ms)), 1) if len(hour_ms) else None
    return Peer(ndcg=ndcg, hr=hr, request_ms=p50, request_ms_p99=p99, hour_ms=hour, **more)


@click.command()
@click.option("--data", required=True, type=click.Path(path_type=Path, exists=True))
@click.option("--python", type=click.Path(path_type=Path, exists=True), help="Of another environment.")
@click.option("--windows", default="312:336", show_default=True, help="Measured, on test sessions.")
@click.option("--limit", default=100, show_default=True, help="Most requests of a window.")
@click.option("--tuned-on", default="252:256", show_default=True, help="Windows of the tuning sessions.")
@click.option("--draws", default=6, show_default=True, type=click.IntRange(min=1), help="Settings tried for each.")
@click.option("--tuning-limit", default=100, show_default=True, help="Most requests of a window in tuning.")
@click.option("--json", "json_file", type=click.Path(path_type=Path))
def main(
    data: Path,
    python: Path | None,
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
    python = python or python_with(REQUIREMENTS, "libraries")
    python = python.absolute()  # it is started from another folder; resolved, it would leave its environment
    ways = best_ways(python, log, (from_, to), draws, tuning_limit)
    tasks = protocols.hourly(log, (first, end), limit=limit)
    found = ours(log, (first, end), tasks)
    for way, answers in zip(ways, ask(python, log, tasks, ways), strict=True):
        ndcg, hr = quality(log, tasks, answers.lists)
        how = {**way.settings, "hours": round(way.hours, 1)}
        found[way.name] = _peer(ndcg, hr, answers.ms[answers.ms > 0], answers.fit_ms, settings=how)
    left_out = [name for name in WAYS if name not in {way.name for way in ways}]
    report = LibraryReport(windows=(first, end), requests=len(tasks), draws=draws, left_out=left_out, found=found)
    if json_file is not None:
        report.write(json_file)
    click.echo(f"{report.requests:,} requests" + (f"; not installed: {', '.join(left_out)}" if left_out else ""))
    for name, peer in found.items():
        hour = "" if peer.hour_ms is None else f"  an hour of clicks {peer.hour_ms:8,.0f} ms"
        times = f"{peer.request_ms:8.2f} ms  p99 {peer.request_ms_p99:8.2f} ms"
        click.echo(f"{name:<18} {peer.ndcg:.4f}  {peer.hr:.4f}  {times}{hour}")


if __name__ == "__main__":
    main()
