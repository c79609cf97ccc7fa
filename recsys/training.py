"""ClickLog → engine: walk forward through the last days for the reranker's rows, and measure what comes out."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from recsys import recipe
from recsys.artifacts import ArtifactSet
from recsys.backend import Backend
from recsys.data.clicklog import ClickLog
from recsys.data.loader import LoadReport, load
from recsys.domain import ENSEMBLE, HOUR
from recsys.engine import Engine
from recsys.errors import InputError
from recsys.evaluation.answers import Answers, ask
from recsys.evaluation.looked_at import look_at
from recsys.evaluation.maps import Maps, draw_maps
from recsys.evaluation.requests import Questions, sample
from recsys.progress import Progress, peak_memory_mb
from recsys.store import Visit, save
from recsys.times import iso
from recsys.walk_forward import HERE, spans, stages, walk_forward

LEAST_HOURS = 12
"""Clicks needed before the held-back hours: half to count, half for the reranker's rows."""
MEASURED_PER_HOUR = 250
SEED = 7
VISITS = 600
"""Single visits that are looked at for the pages."""
MEASURING = "Measuring on the held-back hours"
LOOKING = "Looking at single visits"
MAPPING = "Drawing maps of the articles"


@dataclass(frozen=True)
class Trained:
    """What training made, and how it went."""

    engine: Engine
    holdout: Answers
    visits: list[Visit]
    maps: Maps
    seconds: dict[str, float]
    peak_memory_mb: float


def train(
    log: ClickLog,
    *,
    until: int | None = None,
    replay_hours: int = 24,
    show: bool = True,
    backend: Backend = HERE,
) -> Trained:
    """Train the whole ensemble.

    The last ``replay_hours`` before ``until`` are held back: they are what the set can replay, and what it is measured
    on. The reranker's rows come from the days before them, each from an engine fitted before that day.

    Raises:
        InputError: the log is too short for that.
    """
    end = log.end if until is None else until
    start = end - replay_hours * HOUR
    _check_span(log, start, end)
    log = log.before(end)
    between = [*spans(int(log.clicks.times[0]), start, start), (start, end)]
    recipes = {ENSEMBLE: recipe.ENSEMBLE}
    progress = Progress({**stages(between, recipes, start), MEASURING: 0.3, LOOKING: 0.2, MAPPING: 0.3}, show=show)
    asked = backend.questions(log, between[0][0])
    *_, last = walk_forward(log, between, recipes, start, progress.stage, asked, backend)
    engine = last[ENSEMBLE]
    holdout = ask(last, held_back(asked, start), progress.stage(MEASURING))
    visits = look_at(engine, holdout.questions, VISITS, progress.stage(LOOKING))
    maps = draw_maps(engine.at(engine.end), progress.stage(MAPPING))
    progress.close()
    return Trained(engine, holdout, visits, maps, progress.seconds, peak_memory_mb())


def held_back(asked: Questions, start: int) -> Questions:
    """What a set is measured on: last clicks of visits that open at ``start``, ms, or later, a sample of each hour."""
    return sample(asked.rows(asked.last & (asked.position > 0) & (asked.openings >= start)), MEASURED_PER_HOUR, SEED)


def train_and_save(
    data: Path, out: Path, until: int | None, replay_hours: int, skip_bad_rows: bool = False, show: bool = True
) -> tuple[ClickLog, LoadReport, Trained, ArtifactSet]:
    """From a folder with a click log to a published set."""
    log, report = load(data, skip_bad_rows=skip_bad_rows)
    trained = train(log, until=until, replay_hours=replay_hours, show=show)
    return log, report, trained, publish(out, log, trained)


def publish(out: Path, log: ClickLog, trained: Trained) -> ArtifactSet:
    """What was trained on a log, as a set of artifacts."""
    return save(
        out,
        trained.engine,
        fingerprint=log.fingerprint,
        metrics=trained.holdout.metrics(),
        measured=len(trained.holdout.questions),
        seconds=trained.seconds,
        peak_memory_mb=trained.peak_memory_mb,
        visits=trained.visits,
        maps=trained.maps,
    )


def _check_span(log: ClickLog, start: int, end: int) -> None:
    first = int(log.clicks.times[0])
    if not first + LEAST_HOURS * HOUR <= start:
        needed = LEAST_HOURS + (end - start) // HOUR
        raise InputError(
            f"The log begins at {iso(first)}; training up to {iso(end)} needs clicks from more than "
            f"{needed} hours before."
        )
    if len(log.clicks.between(start - LEAST_HOURS // 2 * HOUR, start)) == 0 or len(log.clicks.between(start, end)) == 0:
        raise InputError(f"There are no clicks in the hours before {iso(end)}; name another --until.")
