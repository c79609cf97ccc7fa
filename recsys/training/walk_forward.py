"""Walking forward: for each span of time, engines fitted before it and reranked by what the spans before it taught."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Lock

from recsys.core.progress import Report, Stage
from recsys.core.types import HOUR
from recsys.data.click_log import ClickLog
from recsys.data.next_click import NextClickTasks
from recsys.data.profiles import Profiles
from recsys.engine.candidates import CandidateEngine
from recsys.engine.engine import Engine
from recsys.engine.knowledge import Knowledge
from recsys.engine.moments import KeptMoments
from recsys.ranking.ensemble import Ensemble
from recsys.ranking.reranker import Reranker
from recsys.ranking.training_set import TrainingSet
from recsys.retrieval.base import Retriever, RetrieverSettings
from recsys.retrieval.moment import Moment
from recsys.retrieval.registry import RETRIEVERS
from recsys.training.backend import LOCAL, Backend, Fit
from recsys.training.examples import sample_training_tasks
from recsys.training.settings import WalkForwardSettings
from recsys.training.small_logs import fitted_to

MOMENTS_KEPT = 4
"""Time only goes forward here; two batches run at a time, and one may overtake the other."""

Span = tuple[int, int]
Parts = dict[tuple[type[Retriever], RetrieverSettings], Retriever]
"""Retrievers that were fitted at one moment: what several ensembles share is fitted once."""


def spans(settings: WalkForwardSettings, first: int, start: int, end: int) -> list[Span]:
    """The spans from ``start`` to ``end``, and before them those that the reranker learns from.

    Where the log, which begins at ``first``, has less than a span of clicks before ``start``, its later half is one.
    """
    length = settings.span_hours * HOUR
    begin = start
    before: list[Span] = []
    while len(before) < settings.training_spans and begin - length > first:
        before.append((begin - length, begin))
        begin -= length
    if not before:
        before.append(((first + start) // 2 // HOUR * HOUR, start))
    return before[::-1] + [(at, min(at + length, end)) for at in range(start, end, length)]


def stages(between: Sequence[Span], ensembles: Mapping[str, Ensemble], start: int) -> dict[str, float]:
    """The stages that ``walk_forward`` reports, with their relative lengths."""
    found: dict[str, float] = {}
    for number, span in enumerate(between, start=1):
        found[f"Fitting ({number} of {len(between)})"] = 1.0
        for name, ensemble in ensembles.items():
            if ensemble.is_reranked and span[0] >= start:
                found[f"Training {name} ({number})"] = 3.3
            if ensemble.is_reranked and number < len(between):
                found[f"Replaying for {name} ({number})"] = 1.6
    return found


def walk_forward(
    settings: WalkForwardSettings,
    log: ClickLog,
    between: Sequence[Span],
    ensembles: Mapping[str, Ensemble],
    start: int,
    stage: Stage,
    tasks: NextClickTasks | None = None,
    backend: Backend = LOCAL,
    until: int | None = None,
) -> Iterator[dict[str, CandidateEngine]]:
    """An engine for each ensemble and span, with the reranker that the spans before taught.

    In the spans before ``start`` there are engines only of those that have a reranker to teach.

    Args:
        settings: how many spans a reranker learns from.
        log: all clicks; of those after a span's start an engine knows only what its clock has passed.
        between: spans, one after the other.
        ensembles: what the engines are made of. Parts that several have in common are fitted once.
        start: spans from this moment on get a reranker; those before are there to learn from.
        stage: begins a stage of ``stages``.
        tasks: what the rows are drawn from, by default all tasks of the log.
        backend: who does the work that grows with the log.
        until: engines can replay up to there, ms; by default each to the end of its span.
    """
    tasks = backend.tasks(log, between[0][0]) if tasks is None else tasks
    rows: dict[str, deque[TrainingSet]] = {name: deque(maxlen=settings.training_spans) for name in ensembles}
    engines: dict[str, CandidateEngine] = {}
    for number, (begin, end) in enumerate(between, start=1):
        fit = stage(f"Fitting ({number} of {len(between)})")
        served = begin >= start
        wanted = {
            name: one if served else one.only_suggesting()
            for name, one in ensembles.items()
            if one.is_reranked or served
        }
        last = end if until is None else until
        engines = fitted_engines(log, begin, last, wanted, fit, backend, before=engines.values())
        for name, ensemble in ensembles.items():
            if ensemble.is_reranked and begin >= start:
                learn = stage(f"Training {name} ({number})")
                how = fitted_to(ensemble.settings.reranker, list(rows[name]), ensemble.features)
                mine = _taken(rows[name]) if number == len(between) else rows[name]  # nobody learns from the last again
                reranker = Reranker.train(how, TrainingSet.joined(mine), ensemble.features, learn)
                engines[name] = Engine.completed(engines[name], reranker)
        yield engines
        made: dict[str, TrainingSet] = {}
        for name, ensemble in ensembles.items():
            if ensemble.is_reranked and number < len(between):
                replay = stage(f"Replaying for {name} ({number})")
                kind = _rows_kind(ensemble)
                if kind not in made:
                    drawn = sample_training_tasks(ensemble.settings.training_set, tasks, begin, end)
                    made[kind] = backend.training_set(engines[name], drawn, replay)
                rows[name].append(made[kind])


def _taken(rows: deque[TrainingSet]) -> Iterator[TrainingSet]:
    """All of them, which are not there any more then."""
    while rows:
        yield rows.popleft()


def _rows_kind(ensemble: Ensemble) -> str:
    """The same text for ensembles whose training rows are the same: the reranker's numbers change none."""
    return f"{ensemble.kinds} {ensemble.settings.model_dump_json(exclude={'reranker'})}"


def fitted_engines(
    log: ClickLog,
    start: int,
    end: int,
    ensembles: Mapping[str, Ensemble],
    report: Report,
    backend: Backend = LOCAL,
    before: Iterable[CandidateEngine] = (),
) -> dict[str, CandidateEngine]:
    """An engine for each ensemble, fitted on the clicks before ``start``; parts in common are fitted once.

    Parts of the engines ``before``, which were fitted at an earlier moment, go on from there.
    """
    earlier: Parts = {(type(one), one.settings): one for engine in before for one in engine.start.retrievers.values()}
    parts: Parts = {}
    return {
        name: fitted_engine(log, start, end, one, parts, report, backend, earlier) for name, one in ensembles.items()
    }


def fitted_engine(
    log: ClickLog,
    start: int,
    end: int,
    ensemble: Ensemble,
    parts: Parts,
    report: Report,
    backend: Backend = LOCAL,
    earlier: Parts | None = None,
) -> CandidateEngine:
    """An engine fitted on the clicks before ``start`` that can replay those from there to ``end``.

    Args:
        log: all clicks.
        start: when it begins to serve, ms.
        end: up to when it can, ms.
        ensemble: what it is made of.
        parts: what was fitted at ``start`` already; what is fitted here joins it.
        report: is told how far it is.
        backend: who fits.
        earlier: parts that were fitted at an earlier moment, and go on from there.
    """
    live = backend.live(ensemble.settings.live_articles, log, start)
    wanted = {name: (kind, ensemble.settings.retrievers[name]) for name, kind in ensemble.kinds.items()}
    shares = {name: RETRIEVERS[name].fit_share if name in RETRIEVERS else 0.0 for name in wanted}
    done: dict[str, float] = {}
    one_reports = Lock()

    def fit(name: str) -> Retriever:
        def report_part(part: float) -> None:
            with one_reports:
                done[name] = part * shares[name]
                report(min(sum(done.values()), 1.0))

        kind, settings = wanted[name]
        before = (earlier or {}).get(wanted[name])
        found = backend.fit(Fit(kind, settings, log, live, before), report_part)
        report_part(1.0)
        return found

    longest_first = sorted((name for name, one in wanted.items() if one not in parts), key=lambda name: -shares[name])
    with ThreadPoolExecutor(backend.fits_at_once) as threads:
        for name, found in zip(longest_first, threads.map(fit, longest_first), strict=True):
            parts[wanted[name]] = found
    retrievers = {name: parts[one].at(live) for name, one in wanted.items()}
    replay = log.clicks.between(start, end)
    profiles = Profiles.from_clicks(backend.contexts(log, start), replay)
    knowledge = Knowledge(log.articles, log.user_ids, log.histories, profiles, replay, end, log.names)
    return CandidateEngine(log.dataset, ensemble, knowledge, KeptMoments(Moment(live, retrievers), MOMENTS_KEPT))
