"""Libraries that people would pick instead, beside ours, on the same requests.

python -m benchmarks.library_peers --data GLOBO [--windows 312:336] [--limit 100] [--draws 6] [--artifacts SET]

``implicit``, ``lenskit`` and ``wsknn``, some of which need other versions than ours, are installed in an environment of
their own: what they learn from and are asked goes to files, their lists come back (``benchmarks.libraries``). Each hour
they are fitted to the sessions of the last hours, at their best settings among so many random draws on tuning sessions.
With ``--python`` it is another environment; what that does not have is left out, and named. The memory of a
library is that of a process which is fitted once and answers an hour's requests, ours that of one which serves SET.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import click
import numpy as np

from benchmarks.environments import python_with
from benchmarks.library_ways import WAYS, Times, ask, available, best_ways, quality, tuned_ways
from recsys.backtest.baselines import registry as baselines
from recsys.backtest.baselines.peers import PEERS
from recsys.backtest.walk import measured_spans
from recsys.bench.report import BenchReport
from recsys.bench.work import took as took_ms
from recsys.core.entities import ENSEMBLE, Request
from recsys.core.progress import part_of
from recsys.core.types import HOUR
from recsys.data.click_log import ClickLog
from recsys.data.loader import load
from recsys.data.next_click import NextClickTasks
from recsys.engine.candidates import CandidateEngine
from recsys.engine.engine import Engine
from recsys.evaluation import protocols
from recsys.evaluation.ranked_lists import DEPTH, RankedLists, rank_tasks
from recsys.evaluation.saved_reports import LibraryReport, Peer
from recsys.ranking.ensemble import Ensemble
from recsys.retrieval.moment import Moment
from recsys.training.adaptation import adapted
from recsys.training.settings import TrainingSettings

REQUIREMENTS = Path(__file__).parent / "libraries" / "requirements.txt"
TIMED = 300
"""Requests of ours that are timed, one by one."""


def ours(log: ClickLog, windows: tuple[int, int], tasks: NextClickTasks) -> dict[str, Peer]:
    """The ensemble, the baselines and the published session recommenders, on the same requests."""
    measured = protocols.start_and_end(log, windows)
    settings = adapted(TrainingSettings(), log.before(measured[0]))
    ensembles = {ENSEMBLE: Ensemble.of(settings), **baselines.fitted_to(settings)}
    ensembles |= {name: baselines.alone(kind) for name, kind in PEERS.items()}
    lists, took = [], dict[str, Times]()
    for span, engines, report in measured_spans(settings.walk_forward, log, measured, ensembles):
        some = tasks.opening_in(*span)
        lists.append(rank_tasks(engines, some, part_of(report, 0.0, 0.5)))
        for name, engine in engines.items():
            times = _timed(engine, some)
            took[name] = took[name] + times if name in took else times
    joined = RankedLists.joined(lists)
    return {name: _peer(quality(log, joined.tasks, joined.lists[name]), times) for name, times in took.items()}


def _timed(engine: CandidateEngine, tasks: NextClickTasks) -> Times:
    """Some requests, each asked alone at a moment that is laid out; all of a moment at once; taking in an hour."""
    took, batches, updates, moment = [], [], [], engine.start
    moments = np.unique(tasks.moments).tolist()
    alone = not isinstance(engine, Engine)
    for time_of in moments:
        began, came_from = time.perf_counter(), moment.time
        moment = engine.advance(moment, time_of)
        if time_of == came_from + HOUR:
            updates.append(1000 * (time.perf_counter() - began))
        mine = tasks.rows(tasks.moments == time_of)
        requests = mine.requests(engine.histories, engine.articles.ids, session_only=alone)
        some = np.linspace(0, len(requests) - 1, min(-(-TIMED // len(moments)), len(requests))).astype(int).tolist()
        _answer(engine, [requests[0]], moment)  # the first lays out what all of the moment look up
        took += [took_ms(lambda: _answer(engine, [requests[row]], moment)) for row in some]  # noqa: B023
        batches.append(took_ms(lambda: _answer(engine, requests, moment)))  # noqa: B023
    return Times(np.array(took), np.array(updates), len(tasks), np.array(batches))


def _answer(engine: CandidateEngine, requests: Sequence[Request], moment: Moment) -> None:
    if isinstance(engine, Engine):
        engine.rank(requests, moment)
    else:
        next(iter(moment.retrievers.values())).retrieve(engine.visitors(requests, moment)[0], DEPTH)


def _memory_mb(artifacts: Path) -> float:
    """What a process holds at most that serves a set and has been asked every kind of request."""
    with TemporaryDirectory() as folder:
        file = Path(folder) / "bench.json"
        subprocess.run([sys.executable, "-m", "recsys", "bench", "--artifacts", artifacts, "--json", file], check=True)
        return BenchReport.read(file).rss_mb


def _peer(figures: tuple[float, float], times: Times, settings: dict[str, Any] | None = None) -> Peer:
    p50, p99 = np.percentile(times.request_ms, [50, 99]).round(3).tolist()
    return Peer(
        ndcg=figures[0],
        hr=figures[1],
        request_ms=p50,
        request_ms_p99=p99,
        hour_ms=round(float(np.median(times.hour_ms)), 1) if len(times.hour_ms) else None,
        batch_per_s=round(1000 * times.in_batches / float(times.batch_ms.sum())),
        settings=settings or {},
    )


@click.command()
@click.option("--data", required=True, type=click.Path(path_type=Path, exists=True))
@click.option("--python", type=click.Path(path_type=Path, exists=True), help="Of another environment.")
@click.option("--artifacts", type=click.Path(path_type=Path, exists=True), help="A set, for the memory of ours.")
@click.option(
    "--memory-of", type=click.Path(path_type=Path, exists=True), help="A report in which only memory is measured anew."
)
@click.option("--windows", default="312:336", show_default=True, help="Measured, on test sessions.")
@click.option("--limit", default=100, show_default=True, help="Most requests of a window.")
@click.option("--tuned-on", default="252:256", show_default=True, help="Windows of the tuning sessions.")
@click.option("--draws", default=6, show_default=True, type=click.IntRange(min=1), help="Settings tried for each.")
@click.option("--tuning-limit", default=100, show_default=True, help="Most requests of a window in tuning.")
@click.option("--json", "json_file", type=click.Path(path_type=Path))
def main(
    data: Path,
    python: Path | None,
    artifacts: Path | None,
    memory_of: Path | None,
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
    tasks = protocols.hourly(log, (first, end), limit=limit)
    if memory_of is not None:
        report = LibraryReport.read(memory_of)
        ways = tuned_ways(report, available(python))
    else:
        ways = best_ways(python, log, (from_, to), draws, tuning_limit)
        found = ours(log, (first, end), tasks)
        for way, answers in zip(ways, ask(python, log, tasks, ways), strict=True):
            how = {**way.settings, "hours": round(way.hours, 1)}
            found[way.name] = _peer(quality(log, tasks, answers.lists), answers.times, how)
        left_out = [name for name in WAYS if name not in {way.name for way in ways}]
        report = LibraryReport(windows=(first, end), requests=len(tasks), draws=draws, left_out=left_out, found=found)
    an_hour = tasks.rows(tasks.moments == tasks.moments.max())
    for way in ways:
        report.found[way.name].memory_mb = ask(python, log, an_hour, [way])[0].memory_mb
    if artifacts is not None:
        report.found[ENSEMBLE].memory_mb = _memory_mb(artifacts)
    if json_file is not None:
        report.write(json_file)
    missing = f"; not installed: {', '.join(report.left_out)}" if report.left_out else ""
    click.echo(f"{report.requests:,} requests{missing}")
    for name, peer in report.found.items():
        hour = "" if peer.hour_ms is None else f"  an hour of clicks {peer.hour_ms:8,.0f} ms"
        times = f"{peer.request_ms:8.2f} ms  p99 {peer.request_ms_p99:8.2f} ms"
        batch = "" if peer.batch_per_s is None else f"  {peer.batch_per_s:8,.0f} a second"
        memory = "" if peer.memory_mb is None else f"  {peer.memory_mb:5,.0f} MB"
        click.echo(f"{name:<18} {peer.ndcg:.4f}  {peer.hr:.4f}  {times}{batch}{hour}{memory}")


if __name__ == "__main__":
    main()
