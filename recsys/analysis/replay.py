"""The replay hours as a film: what the system said through the day, and what really happened."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from recsys.core.arrays import ranks_of
from recsys.core.entities import Request
from recsys.core.progress import Report
from recsys.core.types import DAY, HOUR, PAD, Ints, Longs
from recsys.data.clicks import Clicks
from recsys.engine.engine import Engine
from recsys.retrieval.item_cf.retriever import ItemCF
from recsys.retrieval.moment import Moment

CHECKPOINT = 8 * HOUR
"""How far apart the moments are from which all others are reached: each takes 15 MB of the real log."""


@dataclass(frozen=True)
class Timeline:
    """The lists for one request at many moments.

    Attributes:
        moments: ms, ascending, shape (moments,).
        lists: each retriever's and, as ``ENSEMBLE``, the reranked list; padded, shape (moments, depth).
    """

    moments: Longs
    lists: Mapping[str, Ints]

    def ranks(self, item: int) -> dict[str, Longs]:
        """The rank of an article in each system's list, from 1, 0 where it was not listed; shape (moments,)."""
        targets = np.full(len(self.moments), item, np.int32)
        return {name: ranks_of(targets, items) for name, items in self.lists.items()}

    def listed_from(self, system: str, first: int) -> dict[int, int]:
        """Each article that a system ever had among its ``first`` articles, and the moment of the first time."""
        items = self.lists[system][:, :first]
        articles, at = np.unique(items, return_index=True)
        moments = self.moments[at // items.shape[1]].tolist()
        return {item: time for item, time in zip(articles.tolist(), moments, strict=True) if item != PAD}


def step_over(engine: Engine, step: int) -> int:
    """How far apart the moments of a film are, ms: ``step`` over a day, and over longer replay hours as much more."""
    return max(step, step * (engine.end - engine.start.time) // DAY)


def timeline(engine: Engine, request: Request, step: int, depth: int, report: Report) -> Timeline:
    """Answer one request through all replay hours, every ``step`` ms."""
    moments = np.append(np.arange(engine.start.time, engine.end, step), engine.end)
    found: dict[str, list[Ints]] = {}
    moment = engine.start
    for number, time in enumerate(moments.tolist(), start=1):
        moment = engine.advance(moment.bare(), time)  # what the list before needed does not wait for the next
        for name, items in engine.rank([replace(request, as_of=time, beside=True)], moment).lists(depth).items():
            found.setdefault(name, []).append(items[0])
        report(number / len(moments))
    return Timeline(moments, {name: np.stack(lists) for name, lists in found.items()})


def keep_checkpoints(engine: Engine) -> None:
    """Go through the replay hours once, and keep moments on the way with the engine."""
    moment = engine.start
    for time in [*range(engine.start.time + CHECKPOINT, engine.end, CHECKPOINT), engine.end]:
        moment = engine.advance(moment, time)
        engine.moments.keep(moment)


def next_clicks(engine: Engine, start: int, end: int) -> Clicks:
    """What really happened next: the first click of each visitor in a span of the replay hours, in their order."""
    found = engine.replay.between(start, end)
    _, first = np.unique(found.users, return_index=True)
    return found.rows(np.sort(first))


def clicks_in_spans(engine: Engine, item: int, edges: Longs) -> Longs:
    """An article's clicks of the replay hours between each two edges, ms; shapes (n,) to (n - 1,)."""
    return np.histogram(engine.replay.times[engine.replay.items == item], edges)[0]


@dataclass(frozen=True)
class Rise:
    """The articles that rose fastest in an hour, fastest first, with its clicks and those of the hour before."""

    items: Longs
    clicks: Longs
    before: Longs


def rising(moment: Moment, most: int) -> Rise:
    """What rises at a moment.

    Growth is ``(now - before) / sqrt(now + before + 1)``: how many standard deviations of their difference two counts
    are apart, were both of one rate (Poisson).
    """
    recent = moment.get(ItemCF).recent
    hours_ago = (moment.time - 1 - recent.times) // HOUR
    now, before = (
        np.bincount(recent.items[hours_ago == ago], minlength=len(moment.live.articles)).astype(np.int64)
        for ago in (0, 1)
    )
    growth = (now - before) / np.sqrt(now + before + 1)
    order = np.argsort(-growth, kind="stable")[:most]
    order = order[growth[order] > 0]
    return Rise(order, now[order], before[order])
