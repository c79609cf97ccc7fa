"""Walking forward: for each span of time, engines fitted before it and reranked by what the spans before it taught."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence

from recsys.backend import Backend, Here
from recsys.data.clicklog import ClickLog
from recsys.data.profiles import Profiles
from recsys.domain import HOUR
from recsys.engine import Engine, Moment
from recsys.evaluation.requests import Questions
from recsys.ranking.reranker import Reranker
from recsys.ranking.rows import Rows, draw
from recsys.recipe import Recipe
from recsys.retrieval.base import Report, Retriever

SPAN = 24 * HOUR
"""How long an engine serves before the slow parts are trained anew."""
MOMENTS_KEPT = 2
"""Time only goes forward here, and no more than two batches are under way."""
ROW_SPANS = 4
"""The reranker learns from this many spans before its own."""
FIT_SHARE = {"item_cf": 0.05, "als": 0.3, "popularity": 0.05, "two_tower": 0.6}

HERE = Here()

Span = tuple[int, int]
Stage = Callable[[str], Report]


def spans(first: int, start: int, end: int) -> list[Span]:
    """The spans from ``start`` to ``end``, and before them those that the reranker learns from.

    Where the log, which begins at ``first``, has less than a span of clicks before ``start``, its later half is one.
    """
    begin = start
    before: list[Span] = []
    while len(before) < ROW_SPANS and begin - SPAN > first:
        before.append((begin - SPAN, begin))
        begin -= SPAN
    if not before:
        before.append(((first + start) // 2 // HOUR * HOUR, start))
    return before[::-1] + [(at, min(at + SPAN, end)) for at in range(start, end, SPAN)]


def stages(between: Sequence[Span], recipes: Mapping[str, Recipe], start: int) -> dict[str, float]:
    """The stages that ``walk_forward`` reports, with their relative lengths."""
    found: dict[str, float] = {}
    for number, span in enumerate(between, start=1):
        found[f"Fitting ({number} of {len(between)})"] = 1.0
        for name, recipe in recipes.items():
            if recipe.features and span[0] >= start:
                found[f"Training {name} ({number})"] = 0.8
            if recipe.features and number < len(between):
                found[f"Replaying for {name} ({number})"] = 0.6
    return found


def walk_forward(
    log: ClickLog,
    between: Sequence[Span],
    recipes: Mapping[str, Recipe],
    start: int,
    stage: Stage,
    asked: Questions | None = None,
    backend: Backend = HERE,
) -> Iterator[dict[str, Engine]]:
    """An engine for each recipe and span, with the reranker that the spans before taught.

    Args:
        log: all clicks; of those after a span's start an engine knows only what its clock has passed.
        between: spans, one after the other.
        recipes: what the engines are made of. Parts that several have in common are fitted once.
        start: spans from this moment on get a reranker; those before are there to learn from.
        stage: begins a stage of ``stages``.
        asked: what the rows are drawn from: all questions of the log where left out.
        backend: who does the work that grows with the log.
    """
    asked = backend.questions(log, between[0][0]) if asked is None else asked
    rows: dict[str, deque[Rows]] = {name: deque(maxlen=ROW_SPANS) for name in recipes}
    for number, (begin, end) in enumerate(between, start=1):
        parts: dict[type[Retriever], Retriever] = {}
        report = stage(f"Fitting ({number} of {len(between)})")
        engines = {
            name: fitted_engine(log, begin, end, recipe, parts, report, backend) for name, recipe in recipes.items()
        }
        for name, recipe in recipes.items():
            if recipe.features and begin >= start:
                learn = stage(f"Training {name} ({number})")
                engines[name].reranker = Reranker.train(Rows.joined(rows[name]), recipe.features, learn)
        yield engines
        for name, recipe in recipes.items():
            if recipe.features and number < len(between):
                replay = stage(f"Replaying for {name} ({number})")
                drawn = draw(asked, begin, end, recipe.questions_per_hour)
                rows[name].append(backend.rows(engines[name], drawn, recipe.features, replay))


def fitted_engine(
    log: ClickLog,
    start: int,
    end: int,
    recipe: Recipe,
    parts: dict[type[Retriever], Retriever],
    report: Report,
    backend: Backend,
) -> Engine:
    """An engine fitted on the clicks before ``start`` that can replay those from there to ``end``."""
    live = backend.live(log, start, recipe.within)
    done = 0.0
    for name, cls in recipe.retrievers.items():
        if cls not in parts:
            share = FIT_SHARE.get(name, 0.0)
            parts[cls] = backend.fit(cls, log, live, lambda part, d=done, s=share: report(d + part * s))  # type: ignore[misc]
            done += share
            report(done)
    retrievers = {name: parts[cls].at(live) for name, cls in recipe.retrievers.items()}
    replay = log.clicks.between(start, end)
    profiles = Profiles.from_clicks(backend.contexts(log, start), replay)
    settings, articles, users = log.settings, log.articles, log.user_ids
    first = Moment(live, retrievers)
    return Engine(settings, articles, users, log.histories, profiles, first, replay, end, moments_kept=MOMENTS_KEPT)
