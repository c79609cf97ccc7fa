"""Runs the protocols through the engine's own path: the ensemble, each retriever alone, and the baselines beside."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Literal

import numpy as np
from pydantic import PositiveInt

from recsys.backtest.baselines import registry as baselines
from recsys.backtest.baselines.registry import BASELINES
from recsys.backtest.walk import measured_spans, measuring
from recsys.core.entities import ENSEMBLE
from recsys.core.policy import Policy
from recsys.core.process import peak_memory_mb
from recsys.core.progress import Progress
from recsys.core.settings import Settings
from recsys.core.types import HOUR, Bools, Longs
from recsys.data.click_log import ClickLog
from recsys.data.next_click import NextClickTasks, sample_tasks
from recsys.engine.candidates import CandidateEngine
from recsys.engine.engine import Engine
from recsys.errors import InputError
from recsys.evaluation import protocols, report
from recsys.evaluation.cold_start import rank_cold_tasks
from recsys.evaluation.funnel import Funnel
from recsys.evaluation.ranked_lists import RankedLists, rank_tasks
from recsys.evaluation.report import BacktestReport
from recsys.ranking.ensemble import Ensemble
from recsys.ranking.reranker import Reranker
from recsys.ranking.training_set import TrainingSet
from recsys.training.adaptation import adapted
from recsys.training.examples import make_training_set
from recsys.training.settings import TrainingSettings
from recsys.training.walk_forward import Span, fitted_engines

WINDOWS = 48
"""The last windows are measured where none are named."""
Protocol = Literal["hourly", "live", "published"]
"""Those that walk through the log window by window, with one ensemble."""
EARLIEST = 24
"""Windows before this one have no day to learn from."""


class LastClickSettings(Settings):
    """How ``last-click`` trains."""

    span_hours: PositiveInt = 72
    """How often the slow parts are fitted again."""
    tasks_per_hour: PositiveInt = 240
    """For the reranker, from the first ten minutes of each hour: its rows come from the whole log, and moving the clock
    to every ten minutes is what would take the time."""


def hourly(
    log: ClickLog,
    windows: Sequence[tuple[int, int]] = (),
    settings: TrainingSettings | None = None,
    *,
    limit: int | None = None,
    tuning: bool = False,
    protocol: Protocol = "hourly",
    policies: Sequence[Policy] = (),
    show: bool = True,
) -> list[BacktestReport]:
    """The ``hourly`` protocol, or ``live`` or ``published``; and ``cold`` on the same windows.

    ``limit`` is the most requests of a window. The ensemble's lists under each of ``policies`` are measured beside it.

    One walk through the log serves several ranges of windows, which may overlap; each has a report of its own.

    Raises:
        InputError: the windows are not in the log.
    """
    settings = settings or TrainingSettings()
    began = time.perf_counter()
    if protocol == "published":
        log = protocols.filed_as_published(log)
    last = (log.end - protocols.origin(log)) // HOUR
    windows = windows or [(max(last - WINDOWS, EARLIEST), last)]
    for first, end in windows:
        if not EARLIEST <= first < end:
            raise InputError(f"Windows {first}:{end} can't be measured: windows go from {EARLIEST} to {last}.")
    first, end = min(first for first, _ in windows), max(end for _, end in windows)
    tasks = protocols.hourly(log, (first, end), tuning=tuning, limit=limit)
    cold = protocols.cold(log, (first, end), tuning=tuning, limit=limit)
    if protocol == "live":
        tasks, cold = protocols.live(tasks), protocols.live(cold)
    numbers = protocols.windows_of(tasks, log)
    for span in windows:
        if not _within(numbers, span).any():
            raise InputError(
                f"There are no requests in windows {span[0]}:{span[1]}; the log has windows 0 to {last - 1}."
            )
    measured = protocols.start_and_end(log, (first, end))
    settings = adapted(settings, log.before(measured[0]))
    ensembles = {ENSEMBLE: Ensemble.of(settings), **baselines.fitted_to(settings)}
    # In live, a session's last requests may come after its span.
    until = int(log.clicks.times[-1]) + 1 if protocol == "live" else None
    lists, cold_lists = [], []
    walk = measured_spans(settings.walk_forward, log, measured, ensembles, until=until, show=show)
    for span, engines, report_share in walk:
        lists.append(rank_tasks(engines, tasks.opening_in(*span), report_share, policies))
        ensemble = engines[ENSEMBLE]
        assert isinstance(ensemble, Engine)
        cold_lists.append(rank_cold_tasks(ensemble, cold.opening_in(*span), lambda _: None))
    everything, everything_cold = RankedLists.joined(lists), RankedLists.joined(cold_lists)

    def report_of(span: tuple[int, int]) -> BacktestReport:
        mine, numbers = _only(everything, span, log)
        cold, cold_numbers = _only(everything_cold, span, log)
        return BacktestReport(
            protocol=protocol,
            dataset=log.dataset.name,
            windows=span,
            windows_counted=len(np.unique(numbers)),
            requests=len(mine.tasks),
            limit=limit,
            sessions="tuning" if tuning else "test",
            retrained_every=f"{settings.walk_forward.span_hours} h",
            seconds=round(time.perf_counter() - began, 1),
            peak_memory_mb=round(peak_memory_mb(), 1),
            results=report.results(mine, numbers),
            by_window=report.by_window(mine, numbers),
            by_segment=report.by_segment(mine, log),
            beyond_accuracy=report.beyond(mine, numbers, log),
            cold=report.cold_block(cold, cold_numbers),
            funnel=Funnel.of(mine, log),
        )

    return [report_of(span) for span in windows]


def last_click(
    log: ClickLog,
    settings: TrainingSettings | None = None,
    how: LastClickSettings | None = None,
    *,
    limit: int | None = None,
    show: bool = True,
) -> BacktestReport:
    """The ``last-click`` protocol, on ``limit`` users (by default 20,000).

    Counters are as of the task's ten minutes. The slow parts are fitted every three days on what came before; the
    reranker learns once, from tasks of the whole log without the targets, as the protocol allows.
    """
    settings, how = settings or TrainingSettings(), how or LastClickSettings()
    began = time.perf_counter()
    rest, tasks, others = protocols.last_click(log, limit)
    first = protocols.origin(log) + HOUR
    end = int(log.clicks.times[-1]) + 1
    # The last span goes on to the last straggler: beyond the log's end there is hardly anything to fit on.
    starts = range(first, log.end, how.span_hours * HOUR)
    between = list(zip(starts, [*starts[1:], end], strict=True))
    names = {f"Fitting ({number} of {len(between)})": 1.0 for number in range(1, len(between) + 1)}
    names |= {f"Replaying from {number}": 1.6 for number in range(1, len(between) + 1)}
    names |= {"Training the reranker": 3.0} | {measuring(span): 0.5 for span in between}
    progress = Progress(names, show=show)

    settings = adapted(settings, rest)
    ensemble = Ensemble.of(settings)
    beside = {name: one for name, one in baselines.fitted_to(settings).items() if BASELINES[name].in_last_click}
    ensembles = {ENSEMBLE: ensemble, **beside}
    fitted: list[dict[str, CandidateEngine]] = []
    for number, span in enumerate(between, start=1):
        fit = progress.stage(f"Fitting ({number} of {len(between)})")
        before = fitted[-1].values() if fitted else ()
        fitted.append(fitted_engines(rest, *span, ensembles, fit, before=before))
    hourly_others = others.rows(others.moments % HOUR == 0)
    rows = []
    for number, (span, engines) in enumerate(zip(between, fitted, strict=True), start=1):
        drawn = sample_tasks(_at_moments(hourly_others, span), how.tasks_per_hour, protocols.SEED)
        rows.append(make_training_set(engines[ENSEMBLE], drawn, progress.stage(f"Replaying from {number}")))
    learn = progress.stage("Training the reranker")
    reranker = Reranker.train(settings.reranker, TrainingSet.joined(rows), ensemble.features, learn)
    lists = []
    for span, engines in zip(between, fitted, strict=True):
        complete = engines | {ENSEMBLE: Engine.completed(engines[ENSEMBLE], reranker)}
        lists.append(rank_tasks(complete, _at_moments(tasks, span), progress.stage(measuring(span))))
    progress.close()
    everything = RankedLists.joined(lists).with_misses(tasks)
    users = np.arange(len(tasks))
    return BacktestReport(
        protocol="last-click",
        dataset=log.dataset.name,
        windows=(0, (end - protocols.origin(log)) // HOUR + 1),
        windows_counted=1,
        requests=len(tasks),
        limit=limit,
        sessions="all",
        retrained_every=f"{how.span_hours} h",
        seconds=round(time.perf_counter() - began, 1),
        peak_memory_mb=round(peak_memory_mb(), 1),
        results=report.results(everything, users),
        by_window={},
        by_segment=report.by_segment(everything, log),
        beyond_accuracy={},
        cold={},
        funnel=Funnel.of(everything, log),
    )


def _within(numbers: Longs, span: tuple[int, int]) -> Bools:
    return (numbers >= span[0]) & (numbers < span[1])


def _only(lists: RankedLists, span: tuple[int, int], log: ClickLog) -> tuple[RankedLists, Longs]:
    """The lists for tasks of some windows, and the windows' numbers."""
    numbers = protocols.windows_of(lists.tasks, log)
    mine = _within(numbers, span)
    return lists.rows(mine), numbers[mine]


def _at_moments(tasks: NextClickTasks, span: Span) -> NextClickTasks:
    moments = tasks.moments
    return tasks.rows((moments >= span[0]) & (moments < span[1]))
