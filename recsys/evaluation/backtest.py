"""Runs the protocols through the engine's own path: the ensemble, each retriever alone, and the baselines beside."""

from __future__ import annotations

import time
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from recsys.data.clicklog import ClickLog
from recsys.domain import ENSEMBLE, HOUR, Longs
from recsys.engine import Engine
from recsys.errors import InputError
from recsys.evaluation import protocols, report
from recsys.evaluation.answers import Answers, ask
from recsys.evaluation.baselines.popular import PopularLastHour
from recsys.evaluation.baselines.seed import SEED
from recsys.evaluation.baselines.v_sknn import VSkNN
from recsys.evaluation.cold import ask_cold
from recsys.evaluation.report import BacktestReport
from recsys.evaluation.requests import Questions, sample
from recsys.progress import Progress, peak_memory_mb
from recsys.ranking.reranker import Reranker
from recsys.ranking.rows import Rows, training_rows
from recsys.recipe import ENSEMBLE as ENSEMBLE_RECIPE
from recsys.recipe import Recipe
from recsys.walk_forward import SPAN, Span, spans, stages, walk_forward

BASELINES = Recipe({PopularLastHour.name: PopularLastHour, VSkNN.name: VSkNN})
WINDOWS = 48
"""The last windows are asked for where none are named."""
EARLIEST = 24
"""Windows before this one have no day to learn from."""
LAST_CLICK_SPAN = 72 * HOUR
LAST_CLICK_ROWS = 240
"""Questions for the reranker from the first ten minutes of each hour in ``last-click``, which has rows from the whole
log: moving the clock to every ten minutes is what would take the time."""


def hourly(
    log: ClickLog,
    windows: Sequence[tuple[int, int]] = (),
    *,
    limit: int | None = None,
    tuning: bool = False,
    show: bool = True,
) -> list[BacktestReport]:
    """The ``hourly`` protocol, and ``cold`` on the same windows; ``limit`` is the most requests of a window.

    One walk through the log answers for several ranges of windows, which may overlap; each has a report of its own.

    Raises:
        InputError: the windows are not in the log.
    """
    began = time.perf_counter()
    start_of_log = protocols.origin(log)
    last = (log.end - start_of_log) // HOUR
    windows = windows or [(max(last - WINDOWS, EARLIEST), last)]
    for first, end in windows:
        if not EARLIEST <= first < end:
            raise InputError(f"Windows {first}:{end} can't be asked for: they go from {EARLIEST} to {last}.")
    first, end = min(first for first, _ in windows), max(end for _, end in windows)
    asked = protocols.hourly(log, (first, end), tuning=tuning, limit=limit)
    new = protocols.cold(log, (first, end), tuning=tuning, limit=limit)
    numbers = protocols.windows_of(asked, log)
    for span in windows:
        if not _within(numbers, span).any():
            raise InputError(
                f"There are no requests in windows {span[0]}:{span[1]}; the log has windows 0 to {last - 1}."
            )
    start = start_of_log + first * HOUR
    between = spans(int(log.clicks.times[0]), start, start_of_log + end * HOUR)
    recipes = {ENSEMBLE: ENSEMBLE_RECIPE, "seed": SEED, "baselines": BASELINES}
    asking = {_asking(span): 1.0 for span in between if span[0] >= start}
    progress = Progress(stages(between, recipes, start) | asking, show=show)

    answers, cold_answers = [], []
    for span, engines in zip(between, walk_forward(log, between, recipes, start, progress.stage), strict=True):
        if span[0] >= start:
            tell = progress.stage(_asking(span))
            answers.append(ask(engines, asked.opening_in(*span), tell))
            cold_answers.append(ask_cold(engines[ENSEMBLE], new.opening_in(*span), lambda _: None))
    progress.close()
    everything, everything_cold = Answers.joined(answers), Answers.joined(cold_answers)

    def report_of(span: tuple[int, int]) -> BacktestReport:
        mine, numbers = _only(everything, span, log)
        cold, cold_numbers = _only(everything_cold, span, log)
        return BacktestReport(
            protocol="hourly",
            dataset=log.settings.name,
            windows=span,
            windows_counted=len(np.unique(numbers)),
            requests=len(mine.questions),
            limit=limit,
            sessions="tuning" if tuning else "test",
            retrained_every=f"{SPAN // HOUR} h",
            seconds=round(time.perf_counter() - began, 1),
            peak_memory_mb=round(peak_memory_mb(), 1),
            results=report.results(mine, numbers),
            by_window=report.by_window(mine, numbers),
            by_segment=report.by_segment(mine, log),
            beyond_accuracy=report.beyond(mine, numbers, log),
            cold=report.cold_block(cold, cold_numbers),
        )

    return [report_of(span) for span in windows]


def last_click(log: ClickLog, *, limit: int | None = None, show: bool = True) -> BacktestReport:
    """The ``last-click`` protocol, on ``limit`` users (20,000 where left out).

    Counters are as of the question's ten minutes. The slow parts are fitted every three days on what came before; the
    reranker learns once, from questions of the whole log without the targets, as the protocol allows.
    """
    began = time.perf_counter()
    rest, asked, others = protocols.last_click(log, limit)
    first = protocols.origin(log) + HOUR
    end = int(log.clicks.times[-1]) + 1
    # The last span goes on to the last straggler: beyond the log's end there is hardly anything to fit on.
    starts = range(first, log.end, LAST_CLICK_SPAN)
    between = list(zip(starts, [*starts[1:], end], strict=True))
    names = {f"Fitting ({number} of {len(between)})": 1.0 for number in range(1, len(between) + 1)}
    names |= {f"Replaying from {number}": 0.6 for number in range(1, len(between) + 1)}
    names |= {"Training the reranker": 3.0} | {_asking(span): 0.5 for span in between}
    progress = Progress(names, show=show)

    unranked = {ENSEMBLE: Recipe(ENSEMBLE_RECIPE.retrievers), "baselines": BASELINES}
    engines: list[dict[str, Engine]] = list(walk_forward(rest, between, unranked, end, progress.stage, others))
    hourly_others = others.rows(others.moments % HOUR == 0)
    rows = []
    for number, (span, made) in enumerate(zip(between, engines, strict=True), start=1):
        drawn = sample(_at_moments(hourly_others, span), LAST_CLICK_ROWS, protocols.SEED)
        tell = progress.stage(f"Replaying from {number}")
        rows.append(training_rows(made[ENSEMBLE], drawn, ENSEMBLE_RECIPE.features, tell))
    reranker = Reranker.train(Rows.joined(rows), ENSEMBLE_RECIPE.features, progress.stage("Training the reranker"))
    answers = []
    for span, made in zip(between, engines, strict=True):
        made[ENSEMBLE].reranker = reranker
        answers.append(ask(made, _at_moments(asked, span), progress.stage(_asking(span))))
    progress.close()
    everything = Answers.joined(answers).with_misses(asked)
    users = np.arange(len(asked))
    return BacktestReport(
        protocol="last-click",
        dataset=log.settings.name,
        windows=(0, (end - protocols.origin(log)) // HOUR + 1),
        windows_counted=1,
        requests=len(asked),
        limit=limit,
        sessions="all",
        retrained_every=f"{LAST_CLICK_SPAN // HOUR} h",
        seconds=round(time.perf_counter() - began, 1),
        peak_memory_mb=round(peak_memory_mb(), 1),
        results=report.results(everything, users),
        by_window={},
        by_segment=report.by_segment(everything, log),
        beyond_accuracy={},
        cold={},
    )


def _within(numbers: Longs, span: tuple[int, int]) -> NDArray[np.bool_]:
    return (numbers >= span[0]) & (numbers < span[1])


def _only(answers: Answers, span: tuple[int, int], log: ClickLog) -> tuple[Answers, Longs]:
    """The answers to questions of some windows, and the windows' numbers."""
    numbers = protocols.windows_of(answers.questions, log)
    mine = _within(numbers, span)
    return answers.rows(mine), numbers[mine]


def _at_moments(asked: Questions, span: Span) -> Questions:
    moments = asked.moments
    return asked.rows((moments >= span[0]) & (moments < span[1]))


def _asking(span: Span) -> str:
    return f"Asking, from {np.datetime64(span[0], 'ms').astype('datetime64[h]')} h"
