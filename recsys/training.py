"""ClickLog → engine: fit, replay hour by hour for the reranker's rows, fit again up to the moment, measure."""

from __future__ import annotations

import resource
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from recsys.artifacts import ArtifactSet
from recsys.data.clicklog import ClickLog
from recsys.data.loader import LoadReport, load
from recsys.data.profiles import Profiles, last_contexts
from recsys.domain import HOUR, Floats, Ints, Longs
from recsys.engine import Engine, Moment
from recsys.errors import InputError
from recsys.evaluation.holdout import Holdout, evaluate, hour_batches
from recsys.evaluation.requests import Questions, questions
from recsys.evaluation.showcase import showcase
from recsys.progress import Progress
from recsys.ranking.features import DEFAULT, matrix
from recsys.ranking.pool import Pool
from recsys.ranking.reranker import Reranker
from recsys.retrieval.base import Report, Retriever
from recsys.retrieval.live import LiveArticles
from recsys.retrieval.registry import RETRIEVERS
from recsys.store import save
from recsys.times import iso

ROW_HOURS = 24
"""The reranker learns from this many hours before the moment of training."""
ROWS_PER_HOUR = 700
"""Questions of each hour that become training rows."""
FIRST_CLICKS = 0.2
"""Share of them that open a session: those of new visitors are the only ones without history."""
NEGATIVES = 0.2
"""Share of a question's pool that is kept as negatives. Drawn evenly: keeping the high-ranked ones and thinning out the
rest would teach the reranker that low ranks are better than they are (measured: .307 NDCG@20 instead of .351)."""
MEASURED_PER_HOUR = 250
SEED = 7

STAGES = {
    "Fitting for the reranker's rows": 1.0,
    "Replaying the hours before": 1.2,
    "Training the reranker": 1.0,
    "Fitting up to the moment": 1.0,
    "Measuring on the held-back hours": 0.6,
}
FIT_SHARE = {"item_cf": 0.05, "als": 0.15, "popularity": 0.05, "two_tower": 0.75}


@dataclass(frozen=True)
class Trained:
    """What training made, and how it went."""

    engine: Engine
    holdout: Holdout
    seconds: dict[str, float]
    peak_memory_mb: float


def train(log: ClickLog, *, until: int | None = None, replay_hours: int = 24, show: bool = True) -> Trained:
    """Train the whole ensemble.

    The last ``replay_hours`` before ``until`` are held back: they are what the set can replay, and what it is measured
    on. The reranker's rows come from the day before them, from an engine fitted before that day.

    Raises:
        InputError: the log is too short for that.
    """
    end = log.end if until is None else until
    start = end - replay_hours * HOUR
    rows_from = start - ROW_HOURS * HOUR
    _check_span(log, rows_from, start, end)
    log = log.before(end)
    progress = Progress(STAGES, show=show)
    asked = questions(log.clicks)

    first = make_engine(log, rows_from, start, progress.stage("Fitting for the reranker's rows"))
    features, clicked, sizes = training_rows(
        first, _sample(asked, rows_from, start), progress.stage("Replaying the hours before")
    )
    reranker = Reranker.train(features, clicked, sizes, DEFAULT, progress.stage("Training the reranker"))
    engine = make_engine(log, start, end, progress.stage("Fitting up to the moment"), reranker)
    held_back = _sample(asked.rows(asked.last & (asked.positions > 0)), start, end, MEASURED_PER_HOUR)
    holdout = evaluate(engine, held_back, progress.stage("Measuring on the held-back hours"))
    progress.close()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return Trained(engine, holdout, progress.seconds, peak)


def train_and_save(
    data: Path, out: Path, until: int | None, replay_hours: int, skip_bad_rows: bool = False, show: bool = True
) -> tuple[ClickLog, LoadReport, Trained, ArtifactSet]:
    """From a folder with a click log to a published set."""
    log, report = load(data, skip_bad_rows=skip_bad_rows)
    trained = train(log, until=until, replay_hours=replay_hours, show=show)
    saved = save(
        out,
        trained.engine,
        fingerprint=log.fingerprint,
        metrics=trained.holdout.metrics(),
        measured=len(trained.holdout.questions),
        seconds=trained.seconds,
        peak_memory_mb=trained.peak_memory_mb,
        showcase=showcase(trained.engine, trained.holdout),
    )
    return log, report, trained, saved


def make_engine(log: ClickLog, start: int, end: int, report: Report, reranker: Reranker | None = None) -> Engine:
    """An engine fitted on the clicks before ``start`` that can replay those from there to ``end``."""
    past = log.before(start)
    live = LiveArticles.start(log.articles, start).advance(past.clicks, start)
    retrievers: dict[str, Retriever] = {}
    done = 0.0
    for name, cls in RETRIEVERS.items():
        share = FIT_SHARE.get(name, 0.0)
        retrievers[name] = cls.fit(past, live, lambda part, d=done, s=share: report(d + part * s))  # type: ignore[misc]
        done += share
        report(done)
    replay = log.clicks.between(start, end)
    profiles = Profiles.from_clicks(last_contexts(past.clicks, len(log.user_ids)), replay)
    return Engine(
        log.settings,
        log.articles,
        log.user_ids,
        log.histories,
        profiles,
        Moment(live, retrievers),
        replay,
        end,
        reranker,
    )


def training_rows(engine: Engine, asked: Questions, report: Report) -> tuple[Floats, Ints, Longs]:
    """Features, labels and rows a question, from the engine's own pools, hour by hour.

    A question whose article no retriever brought up teaches nothing about order and is left out. The negatives
    are an even share of what retrieval brought up.
    """
    rng = np.random.default_rng(SEED)
    hours = asked.openings // HOUR
    features, labels, sizes = [], [], []
    for first, last in hour_batches(hours, 256):
        batch = asked.rows(np.arange(first, last))
        pool = engine.pool(batch.requests(engine.user_ids), engine.at(int(hours[first]) * HOUR))
        clicked = pool.items == batch.targets[pool.rows]
        pool = pool.only(_chosen_rows(pool, clicked, rng))
        features.append(matrix(pool, DEFAULT))
        labels.append((pool.items == batch.targets[pool.rows]).astype(np.int32))
        per_question = np.diff(pool.starts)
        sizes.append(per_question[per_question > 0])
        report(last / len(asked))
    if not features or not sum(label.sum() for label in labels):
        raise InputError("In the hours before the moment no visitor opened an article that could be recommended.")
    return np.concatenate(features), np.concatenate(labels), np.concatenate(sizes)


def _chosen_rows(pool: Pool, clicked: np.ndarray[tuple[int], np.dtype[np.bool_]], rng: np.random.Generator) -> Longs:
    answerable = np.bincount(pool.rows, clicked, len(pool.visitors)) > 0
    return np.flatnonzero(answerable[pool.rows] & (clicked | (rng.random(len(pool)) < NEGATIVES)))


def _sample(asked: Questions, start: int, end: int, per_hour: int = ROWS_PER_HOUR) -> Questions:
    """Up to so many questions of sessions that began in each hour, ordered by the hour."""
    rng = np.random.default_rng(SEED)
    asked = asked.rows(np.flatnonzero((asked.openings >= start) & (asked.openings < end) & (asked.times < end)))
    # A random order in which first clicks come up as rarely as wanted, then the first so many of each hour.
    weight = np.where(asked.positions == 0, FIRST_CLICKS, 1.0)
    luck = rng.random(len(asked)) ** (1.0 / weight)
    hour = asked.openings // HOUR
    order = np.lexsort((-luck, hour))
    place = np.arange(len(order)) - np.searchsorted(hour[order], hour[order])
    return asked.rows(order[place < per_hour])


def _check_span(log: ClickLog, rows_from: int, start: int, end: int) -> None:
    first = int(log.clicks.times[0])
    if not first < rows_from:
        needed = (end - rows_from) // HOUR
        raise InputError(
            f"The log begins at {iso(first)}; training up to {iso(end)} needs clicks from more than "
            f"{needed} hours before."
        )
    if len(log.clicks.between(rows_from, start)) == 0 or len(log.clicks.between(start, end)) == 0:
        raise InputError(f"There are no clicks in the hours before {iso(end)}; name another --until.")
