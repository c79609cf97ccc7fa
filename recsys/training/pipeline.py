"""ClickLog → engine: walk forward through the last days for the reranker's rows, and measure what comes out."""

from __future__ import annotations

from collections import deque
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from recsys.analysis.article_maps import ArticleMaps, draw_maps
from recsys.analysis.highlights import Highlights, find_highlights
from recsys.analysis.sample_visits import SampleVisit, sample_visits
from recsys.artifacts.artifact_set import ArtifactSet
from recsys.artifacts.store import save
from recsys.core.entities import ENSEMBLE
from recsys.core.process import peak_memory_mb
from recsys.core.progress import Progress
from recsys.core.timestamps import iso
from recsys.core.types import HOUR
from recsys.data.click_log import ClickLog
from recsys.data.next_click import NextClickTasks, sample_tasks
from recsys.engine.engine import Engine
from recsys.errors import InputError
from recsys.evaluation.funnel import Funnel
from recsys.evaluation.holdout import Holdout, choose_holdout, questions
from recsys.evaluation.ranked_lists import DEPTH, RankedLists, rank_tasks
from recsys.evaluation.segments import segments
from recsys.ranking.ensemble import Ensemble
from recsys.training.adaptation import adapted
from recsys.training.backend import LOCAL, Backend
from recsys.training.settings import HoldoutSettings, TrainingSettings
from recsys.training.walk_forward import spans, stages, walk_forward

MEASURING = "Measuring on the held-back hours"
VISITING = "Sampling visits"
LOOKING = "Looking for cases to show"
MAPPING = "Drawing maps of the articles"


@dataclass(frozen=True)
class TrainedEngine:
    """What a training made, and how it went."""

    engine: Engine
    settings: TrainingSettings
    holdout: RankedLists
    holding: Holdout
    funnel: Funnel
    visits: list[SampleVisit]
    highlights: Highlights
    maps: ArticleMaps
    seconds: dict[str, float]
    peak_memory_mb: float


def train(
    log: ClickLog,
    settings: TrainingSettings | None = None,
    *,
    until: int | None = None,
    replay_hours: int | None = None,
    show: bool = True,
    backend: Backend = LOCAL,
) -> TrainedEngine:
    """Train the whole ensemble.

    The last ``replay_hours`` before ``until`` are held back: they are what the set can replay, and what it is measured
    on; how many, follows from the log where it is not said. The reranker's rows come from the days before them, each
    from an engine fitted before that day.

    Raises:
        InputError: the log is too short for that, or there is nothing to measure on.
    """
    settings = settings or TrainingSettings()
    end = log.end if until is None else until
    holding = choose_holdout(log, end, replay_hours)
    start = -(-(end - holding.hours * HOUR) // HOUR) * HOUR
    settings = adapted(settings, log.before(start))
    _check_span(settings.holdout, log, start, end)
    log = log.before(end)
    between = [*spans(settings.walk_forward, int(log.clicks.times[0]), start, start), (start, end)]
    ensembles = {ENSEMBLE: Ensemble.of(settings)}
    lengths = {**stages(between, ensembles, start), MEASURING: 0.4, VISITING: 2.5, LOOKING: 1.1, MAPPING: 0.1}
    progress = Progress(lengths, "train", show=show)
    tasks = backend.tasks(log, between[0][0])
    walk = walk_forward(settings.walk_forward, log, between, ensembles, start, progress.stage, tasks, backend)
    (last,) = deque(walk, maxlen=1)  # so that the engines of the spans before make room
    engine = last[ENSEMBLE]
    assert isinstance(engine, Engine), "the last span is reranked"
    holdout = rank_tasks(last, held_back(settings.holdout, tasks, start), progress.stage(MEASURING))
    how = settings.holdout
    alike = segments(holdout.tasks, log)
    visiting = progress.stage(VISITING)
    with ThreadPoolExecutor(1) as beside:  # the maps, on another core: visits keep one busy, and take longer
        drawn = beside.submit(draw_maps, settings.article_maps, engine.at(engine.end))
        visits = sample_visits(engine, holdout.tasks, alike, DEPTH, how.sample_visits, how.seed, visiting)
        highlights = find_highlights(engine, visits, progress.stage(LOOKING))
        progress.stage(MAPPING)
        maps = drawn.result()
    progress.close()
    return TrainedEngine(
        engine,
        settings,
        holdout,
        holding,
        Funnel.of(holdout, log),
        visits,
        highlights,
        maps,
        progress.seconds,
        peak_memory_mb(),
    )


def held_back(settings: HoldoutSettings, tasks: NextClickTasks, start: int) -> NextClickTasks:
    """What a set is measured on: last clicks of visits that open at ``start``, ms, or later, a sample of each hour."""
    asked = questions(tasks)
    return sample_tasks(asked.rows(asked.openings >= start), settings.tasks_per_hour, settings.seed)


def publish(out: Path, log: ClickLog, trained: TrainedEngine) -> ArtifactSet:
    """What was trained on a log, as a set of artifacts."""
    return save(
        out,
        trained.engine,
        trained.settings.model_copy(update={"reranker": trained.engine.reranker.settings}),
        fingerprint=log.fingerprint,
        metrics=trained.holdout.metrics(),
        measured=len(trained.holdout.tasks),
        seconds=trained.seconds,
        peak_memory_mb=trained.peak_memory_mb,
        funnel=trained.funnel,
        visits=trained.visits,
        highlights=trained.highlights,
        maps=trained.maps,
    )


def _check_span(settings: HoldoutSettings, log: ClickLog, start: int, end: int) -> None:
    first, least = int(log.clicks.times[0]), settings.min_hours
    if not first + least * HOUR <= start:
        needed = least + (end - start) // HOUR
        raise InputError(
            f"The log begins at {iso(first)}; training up to {iso(end)} needs clicks from more than "
            f"{needed} hours before."
        )
    if len(log.clicks.between(start - least // 2 * HOUR, start)) == 0 or len(log.clicks.between(start, end)) == 0:
        raise InputError(f"There are no clicks in the hours before {iso(end)}; choose another --until.")
