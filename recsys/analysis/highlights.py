"""What a set is best shown with: cases for a tour and the stories of its day, found in whatever was trained."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
from pydantic import BaseModel, ConfigDict

from recsys.analysis.live_session import LiveSession
from recsys.analysis.replay import step_over, timeline
from recsys.analysis.replay_visits import ReplayVisits
from recsys.analysis.sample_visits import FIRST, SampleVisit
from recsys.analysis.stories import STEP, Story, find_stories
from recsys.core.entities import ENSEMBLE, OVERRIDABLE, Request
from recsys.core.progress import Report
from recsys.core.types import HOUR, PAD, Longs
from recsys.engine.engine import Engine
from recsys.ranking.fates import Fate

NEW_READERS = 30
"""So many first visits are looked at for one that is worth showing."""
MEASURED = 20
"""Visits on which the sizes of lists are measured."""
CLICKS = 2
"""Clicks of the made-up session."""
MISSES = (Fate.BELOW, Fate.DROPPED, Fate.NOT_SUGGESTED, Fate.NOT_IN_PLAY, Fate.ALREADY_READ)
"""Which misses are worth showing, the most telling first."""


class Case(BaseModel):
    """A view worth looking at.

    Attributes:
        user_id: whose it is, None for somebody unknown.
        as_of: its moment, ms.
        opened: the id of the article that was opened next, where that is known.
        ranks: the rank that each system gave that article, from 1; 0: not listed.
        fate: what came of it, the key of a ``Fate``.
        context: the codes of device, system and country by which a new reader is known.
        clicks: of a made-up session, the ids of its articles in order.
    """

    model_config = ConfigDict(frozen=True)

    user_id: int | None
    as_of: int
    opened: int | None = None
    ranks: Mapping[str, int] = {}
    fate: str = ""
    context: Mapping[str, int] = {}
    clicks: tuple[int, ...] = ()


class Sizes(BaseModel):
    """How many articles are left at each stage, medians over visits."""

    model_config = ConfigDict(frozen=True)

    catalogue: int
    in_play: int
    suggested: int
    reranked: int


class Highlights(BaseModel):
    """What a tour of a set shows; None where the set has nothing of the kind."""

    model_config = ConfigDict(frozen=True)

    sizes: Sizes
    win: Case | None = None
    miss: Case | None = None
    new_reader: Case | None = None
    own_clicks: Case | None = None
    stories: tuple[Story, ...] = ()


def find_highlights(engine: Engine, visits: Sequence[SampleVisit], report: Report) -> Highlights:
    """Look for the best case of every kind, and the next best where there is none."""
    new_reader = find_new_reader(engine, lambda share: report(0.2 * share))
    film = timeline(engine, Request(), step_over(engine, STEP), FIRST, lambda share: report(0.2 + 0.6 * share))
    found = Highlights(
        sizes=measure_sizes(engine, visits),
        win=find_win(visits),
        miss=find_miss(visits),
        new_reader=new_reader,
        own_clicks=find_own_clicks(engine, busiest_moment(engine)),
        stories=tuple(find_stories(engine, film)),
    )
    report(1.0)
    return found


def find_win(visits: Sequence[SampleVisit]) -> Case | None:
    """A visit that the combination got right and no algorithm alone did; else the one that it got right the most."""
    ranked = [visit for visit in visits if visit.ranks[ENSEMBLE]]
    if not ranked:
        return None
    best = min(ranked, key=lambda one: (not one.only_reranked, one.ranks[ENSEMBLE], -(one.best_alone or 1000)))
    return _case(best)


def find_miss(visits: Sequence[SampleVisit]) -> Case | None:
    """A visit whose next article the list did not show, the most telling kind first; else the worst that it did."""
    for fate in MISSES:
        missed = [visit for visit in visits if visit.fate == fate.key]
        if missed:
            return _case(min(missed, key=lambda one: one.best_alone or 1000))
    return _case(max(visits, key=lambda one: one.ranks[ENSEMBLE])) if visits else None


def find_new_reader(engine: Engine, report: Report) -> Case | None:
    """A reader's first visit: what they opened is on the list, which differs from that of somebody unknown."""
    visits = ReplayVisits.of(engine)
    rows = visits.of_kind("new")
    if not len(rows):
        return None
    rows = rows[np.argsort(visits.moments[rows], kind="stable")]
    rows = rows[np.unique(np.linspace(0, len(rows) - 1, NEW_READERS).astype(int))]
    found: list[tuple[tuple[bool, int], Case]] = []
    for number, row in enumerate(rows.tolist(), start=1):
        user_id, as_of = int(visits.user_ids[row]), int(visits.moments[row])
        known = engine.recommend(Request(user_id, as_of=as_of, k=FIRST, beside=True))
        unknown = engine.recommend(Request(as_of=as_of, k=FIRST))
        if known.ground_truth is not None:
            ranks = known.ranks_of(known.ground_truth)
            different = len(set(known.articles) - set(unknown.articles))
            is_shown = 0 < ranks[ENSEMBLE] <= FIRST
            context = {field: getattr(known.profile.used, field) for field in OVERRIDABLE}
            case = Case(user_id=user_id, as_of=as_of, opened=known.ground_truth, ranks=ranks, context=context)
            found.append(((is_shown, different), case))
        report(number / len(rows))
    return max(found, key=lambda one: one[0])[1] if found else None


def find_own_clicks(engine: Engine, as_of: int) -> Case | None:
    """A made-up session at a moment: of the articles on the list, click after click the one that changes it most."""
    moment = engine.at(as_of)
    session = LiveSession(as_of, k=FIRST)
    for _ in range(CLICKS):
        offered = engine.recommend(session.request()).articles
        if not offered:
            break
        longer = [replace(session, article_ids=(*session.article_ids, one)) for one in offered]
        lists = engine.rank([one.request() for one in longer], moment).top(FIRST)
        changed = [len(set(_ids(engine, items)) - set(offered)) for items in lists]
        session = longer[int(np.argmax(changed))]
    return Case(user_id=None, as_of=as_of, clicks=session.article_ids) if session.article_ids else None


def busiest_moment(engine: Engine) -> int:
    """The middle of the replay hour with the most clicks, ms; the end of the replay where it has none."""
    hours, counts = np.unique(engine.replay.times // HOUR, return_counts=True)
    if not len(hours):
        return engine.end
    return min(max(int(hours[counts.argmax()]) * HOUR + HOUR // 2, engine.start.time), engine.end)


def measure_sizes(engine: Engine, visits: Sequence[SampleVisit]) -> Sizes:
    """How many articles each stage leaves, on some of the visits; of an unknown reader where there are none."""
    some = visits[:: max(len(visits) // MEASURED, 1)]
    requests = [Request(one.user_id, as_of=one.as_of) for one in some] or [Request()]
    answers = [engine.recommend(request).ranking for request in requests]
    return Sizes(
        catalogue=len(engine.articles),
        in_play=_median([len(one.pool.live.items) for one in answers]),
        suggested=_median([len(one.pool) for one in answers]),
        reranked=_median([int(one.reranked.sum()) for one in answers]),
    )


def _case(visit: SampleVisit) -> Case:
    return Case(user_id=visit.user_id, as_of=visit.as_of, opened=visit.opened, ranks=dict(visit.ranks), fate=visit.fate)


def _ids(engine: Engine, items: np.ndarray) -> list[int]:
    known: Longs = engine.articles.ids[items[items != PAD]]
    return known.tolist()


def _median(counts: list[int]) -> int:
    return int(np.median(counts))
