"""A walk forward of which the spans from some moment on are measured."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from recsys.core.progress import Progress, Report
from recsys.data.click_log import ClickLog
from recsys.data.next_click import NextClickTasks
from recsys.engine.candidates import CandidateEngine
from recsys.ranking.ensemble import Ensemble
from recsys.training.settings import WalkForwardSettings
from recsys.training.walk_forward import Span, spans, stages, walk_forward


def measured_spans(
    walk: WalkForwardSettings,
    log: ClickLog,
    measured: Span,
    ensembles: Mapping[str, Ensemble],
    *,
    tasks: NextClickTasks | None = None,
    until: int | None = None,
    show: bool = True,
) -> Iterator[tuple[Span, dict[str, CandidateEngine], Report]]:
    """The spans to measure, one after the other, each with its engines and whom to tell how far it is.

    The spans before them, which rerankers learn from, are walked through on the way.

    Args:
        walk: how the log is cut.
        log: all clicks.
        measured: from when to when, ms.
        ensembles: what the engines are made of.
        tasks: what the rerankers' rows are drawn from, by default all tasks of the log.
        until: engines can replay up to there, ms; by default each to the end of its span.
        show: whether to print how far it is.
    """
    start, end = measured
    between = spans(walk, int(log.clicks.times[0]), start, end)
    if not any(one.is_reranked for one in ensembles.values()):
        between = [one for one in between if one[0] >= start]
    lengths = {measuring(span): 1.0 for span in between if span[0] >= start}
    progress = Progress(stages(between, ensembles, start) | lengths, show=show)
    forward = walk_forward(walk, log, between, ensembles, start, progress.stage, tasks, until=until)
    for span, engines in zip(between, forward, strict=True):
        if span[0] >= start:
            yield span, engines, progress.stage(measuring(span))
    progress.close()


def measuring(span: Span) -> str:
    """The stage in which a span is measured."""
    return f"Measuring from {np.datetime64(span[0], 'ms').astype('datetime64[h]')} h"
