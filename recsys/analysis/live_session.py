"""A session that somebody makes up: what every algorithm would have answered after each of its clicks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from recsys.core.batches import Visitors
from recsys.core.entities import ENSEMBLE, Click, Context, ObservedClick, Request
from recsys.core.policy import NO_POLICY, Policy
from recsys.core.types import MINUTE, PAD, Ints, Longs
from recsys.engine.engine import Engine

MOST_CLICKS = 20
"""A made-up session holds so many clicks at most: what an engine looks at of a history."""
FIRST_VISITOR = 10**15
"""The ids of made-up visitors begin here, far from those of any log."""


@dataclass(frozen=True)
class LiveSession:
    """A visitor who is not stored, at one moment: what they have clicked so far, a minute apart, up to now.

    The clock does not move: whatever changes from one click to the next was changed by the click.
    """

    as_of: int
    article_ids: tuple[int, ...] = ()
    overrides: Mapping[str, int] = field(default_factory=dict)
    k: int = 10
    without: frozenset[str] = frozenset()
    policy: Policy = NO_POLICY

    def request(self, article_ids: Sequence[int] | None = None) -> Request:
        """The request after these clicks, by default all of the session's."""
        clicked = self.article_ids if article_ids is None else article_ids
        times = range(self.as_of - len(clicked) * MINUTE, self.as_of, MINUTE)
        history = tuple(Click(article, time) for article, time in zip(clicked, times, strict=True))
        return Request(
            history=history,
            overrides=self.overrides,
            as_of=self.as_of,
            k=self.k,
            without=self.without,
            policy=self.policy,
            beside=True,
        )


def observed(session: LiveSession, crowd: int) -> list[ObservedClick]:
    """The session's clicks as ones that come in, from so many visitors who all do the same."""
    context = Context(**session.overrides)
    return [
        ObservedClick(f"{visitor}:{number}", FIRST_VISITOR + visitor, click.article_id, click.time, context)
        for visitor in range(crowd)
        for number, click in enumerate(session.request().history or ())
    ]


@dataclass(frozen=True)
class Steps:
    """The lists before the first click, after it, and so on.

    Attributes:
        lists: each retriever's and, as ``ENSEMBLE``, the reranked first ``k``; padded, shape (clicks + 1, k).
        suggested: of the reranked first ``k``, how many each retriever that suggests articles had among its own; shape
            (clicks + 1,).
        counted: of the reranked first ``k``, how many would differ without each click; shape (clicks,).
        visitor: the last of the visitors, as a batch of one.
    """

    lists: Mapping[str, Ints]
    suggested: Mapping[str, Longs]
    counted: Longs
    visitor: Visitors


def steps(engine: Engine, session: LiveSession) -> Steps:
    """Answer after every click, and without each click, in one batch.

    Raises:
        InputError: the moment is outside the replay hours, or an override is not a code.
    """
    ids = session.article_ids
    after = [session.request(ids[:number]) for number in range(len(ids) + 1)]
    left_out = [session.request(ids[:number] + ids[number + 1 :]) for number in range(len(ids))]
    moment = engine.at(session.as_of)
    ranking = engine.rank([*after, *left_out], moment)
    lists = ranking.lists(session.k)
    final = lists[ENSEMBLE]
    whole = final[len(ids)]
    counted = [len(np.setdiff1d(whole, without)) for without in final[len(after) :]]
    own = {name: lists[name] for name in engine.suggesting}
    suggested = {
        name: np.array([len(np.intersect1d(_known(a), _known(b))) for a, b in zip(items, final, strict=True)])
        for name, items in own.items()
    }
    visitor, _ = engine.visitors([after[-1]], moment)
    return Steps(
        {name: items[: len(after)] for name, items in lists.items()},
        {name: counts[: len(after)] for name, counts in suggested.items()},
        np.array(counted, np.int64),
        visitor,
    )


def _known(items: Ints) -> Ints:
    return items[items != PAD]
