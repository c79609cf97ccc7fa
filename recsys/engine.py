"""Request → Recommendation: the one way to an answer."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np

from recsys.data.clicklog import Articles, Clicks, Histories, find, make_visitors, ranges
from recsys.data.profiles import Profiles
from recsys.data.settings import DatasetSettings
from recsys.domain import (
    CONTEXT_FIELDS,
    NOTHING,
    Click,
    Codes,
    Context,
    Ints,
    Longs,
    ObservedClick,
    Profile,
    Recommendation,
    Request,
    Visitors,
)
from recsys.errors import InputError
from recsys.observing import Known, check
from recsys.ranking.pool import Pool, Ranking, build_pool
from recsys.ranking.reranker import Reranker
from recsys.retrieval.base import Retriever
from recsys.retrieval.live import LiveArticles
from recsys.times import iso

DEPTH = 20
"""How many of a visitor's last clicks retrievers and features may look at."""
MOMENTS_KEPT = 3
LARGEST_K = 100


@dataclass(frozen=True)
class Moment:
    """Everything that moves with time, brought up to one moment."""

    live: LiveArticles
    retrievers: Mapping[str, Retriever]

    @property
    def time(self) -> int:
        """Clicks before this are known, ms."""
        return self.live.moment

    def advance(self, clicks: Clicks, histories: Histories, to: int) -> Moment:
        """A later moment; ``clicks`` are those in between. This one stays as it is."""
        live = self.live.advance(clicks, to)
        moved = {name: one.advance(clicks, histories, live) for name, one in self.retrievers.items()}
        return Moment(live, moved)

    def with_articles(self, articles: Articles) -> Moment:
        """The same moment with a catalogue that has grown at its end."""
        live = self.live.with_articles(articles)
        return Moment(live, {name: one.at(live) for name, one in self.retrievers.items()})


class Engine:
    """Answers requests at any moment of the replay hours.

    Args:
        settings: names and labels of the dataset.
        articles: the catalogue.
        user_ids: sorted ids of the stored users.
        histories: their clicks, those of the replay hours included.
        profiles: their contexts.
        start: the moment of training, from which the clock runs.
        replay: the clicks from then on.
        end: the end of the replay hours, ms: the moment of a request that names none.
        reranker: None while its training rows are being made.
        moments_kept: how many of the moments that were asked for last stay at hand.
    """

    def __init__(
        self,
        settings: DatasetSettings,
        articles: Articles,
        user_ids: Longs,
        histories: Histories,
        profiles: Profiles,
        start: Moment,
        replay: Clicks,
        end: int,
        reranker: Reranker | None = None,
        moments_kept: int = MOMENTS_KEPT,
    ) -> None:
        self.settings = settings
        self.articles = articles
        self.user_ids = user_ids
        self.histories = histories
        self.profiles = profiles
        self.start = start
        self.replay = replay
        self.end = end
        self.reranker = reranker
        self.moments_kept = moments_kept
        self.observed: Mapping[str, ObservedClick] = {}
        self._as_loaded: Engine | None = None
        self._moments: OrderedDict[int, Moment] = OrderedDict()
        self._checkpoints: dict[int, Moment] = {}
        self._lock = threading.Lock()
        self._advancing = threading.Lock()

    def observe(self, clicks: Sequence[ObservedClick]) -> Engine:
        """The engine that has seen these clicks too; this one stays as it was, for whoever is using it.

        Articles and users that nobody has seen are taken in. A click whose id was seen before counts once.

        Raises:
            InputError: a click is older than ``start``, or one of its numbers is out of range.
        """
        new = {click.id: click for click in reversed(clicks) if click.id not in self.observed}
        if not new:
            return self
        for click in new.values():
            check(click, self.start.time)
        loaded = self._as_loaded or self
        observed = {**self.observed, **dict(reversed(new.items()))}
        known = Known(
            loaded.articles, loaded.user_ids, loaded.histories, loaded.profiles, loaded.replay, loaded.end
        ).with_clicks(observed.values())
        start = loaded.start.with_articles(known.articles)
        engine = Engine(
            settings=self.settings,
            start=start,
            reranker=self.reranker,
            moments_kept=self.moments_kept,
            **vars(known),
        )
        engine.observed, engine._as_loaded = observed, loaded
        unmoved = min(click.time for click in new.values())
        with self._lock:
            for theirs, mine in ((engine._moments, self._moments), (engine._checkpoints, self._checkpoints)):
                theirs |= {at: one.with_articles(known.articles) for at, one in mine.items() if at <= unmoved}
        return engine

    def keep(self, moment: Moment) -> None:
        """Keep a moment for good: later ones are then reached from there."""
        with self._lock:
            self._checkpoints[moment.time] = moment

    def at(self, time: int) -> Moment:
        """The system as it was at a moment, reached from the nearest earlier one that is still known.

        Raises:
            InputError: the moment is outside the replay hours.
        """
        if not self.start.time <= time <= self.end:
            raise InputError(
                f"The moment {iso(time)} is outside the hours that this set can replay: "
                f"{iso(self.start.time)} to {iso(self.end)}."
            )
        with self._lock:
            if (moment := self._moments.get(time)) is not None:
                self._moments.move_to_end(time)
                return moment
        with self._advancing:  # who asks for a moment at hand need not wait for this
            with self._lock:
                known = {self.start.time: self.start, **self._checkpoints, **self._moments}
            moment = known[max(at for at in known if at <= time)]
            if moment.time < time:
                moment = moment.advance(self.replay.between(moment.time, time), self.histories, time)
            with self._lock:
                self._moments[time] = moment
                self._moments.move_to_end(time)
                while len(self._moments) > self.moments_kept:
                    self._moments.popitem(last=False)
            return moment

    def recommend(self, request: Request) -> Recommendation:
        """Answer one request, with every stage. Errors as in ``recommend_all``."""
        return self.recommend_all([request])[0]

    def recommend_all(self, requests: Sequence[Request]) -> list[Recommendation]:
        """Answer requests of one moment together, each as it would be alone; the times of the stages are of all.

        Raises:
            InputError: a visitor is unknown, ``k`` or the moment is out of range, or an override is no code.
            ValueError: the requests differ in the moment, or in the retrievers that they leave out.
        """
        for request in requests:
            if not 1 <= request.k <= LARGEST_K:
                raise InputError(f"k is {request.k}; it must be from 1 to {LARGEST_K}.")
            if unknown := sorted(request.without - set(self.start.retrievers)):
                known = ", ".join(self.start.retrievers)
                raise InputError(f"There is no algorithm {unknown[0]!r}; there are: {known}.")
        asked = {(self.end if request.as_of is None else request.as_of, request.without) for request in requests}
        if len(asked) != 1:
            raise ValueError("requests are answered together at one moment, with the same retrievers left out")
        as_of, without = asked.pop()
        clock = [time.perf_counter()]

        def done() -> None:
            clock.append(time.perf_counter())

        moment = self.at(as_of)
        done()
        visitors, stored = self.visitors(requests, moment)
        done()
        pool = build_pool(moment.retrievers, moment.live, visitors, without)
        done()
        ranking = self._reranker().rank(pool)
        done()
        stages = ("clock", "visitor", "retrieval", "rerank")
        took = {stage: 1000 * (b - a) for stage, (a, b) in zip(stages, pairwise(clock), strict=True)}
        return [
            self._answer(request, as_of, stored[row], ranking.of(row), took) for row, request in enumerate(requests)
        ]

    def _answer(
        self, request: Request, as_of: int, stored: Codes, ranking: Ranking, took: Mapping[str, float]
    ) -> Recommendation:
        pool, best = ranking.pool, ranking.order[: request.k]
        return Recommendation(
            request=request,
            as_of=as_of,
            profile=Profile(Context.from_codes(stored), Context.from_codes(pool.visitors.contexts[0])),
            history=self.history(request, as_of),
            ranking=ranking,
            articles=tuple(self.articles.ids[pool.items[best]].tolist()),
            scores=tuple(ranking.scores[best].tolist()),
            ground_truth=self.ground_truth(request, as_of),
            timings_ms=took,
        )

    def rank(self, requests: Sequence[Request], moment: Moment) -> Ranking:
        """Answer a batch at one moment, as arrays. Requests may be later than the moment, never earlier."""
        return self._reranker().rank(self.pool(requests, moment))

    def pool(self, requests: Sequence[Request], moment: Moment) -> Pool:
        """The candidates of a batch, before the reranker: what its training rows are made of.

        Raises:
            ValueError: the requests differ in the retrievers that they leave out.
        """
        visitors, _ = self.visitors(requests, moment)
        without = {request.without for request in requests}
        if len(without) > 1:
            raise ValueError("a batch leaves out the same retrievers for all")
        return build_pool(moment.retrievers, moment.live, visitors, next(iter(without), frozenset()))

    def visitors(self, requests: Sequence[Request], moment: Moment) -> tuple[Visitors, Codes]:
        """The batch as arrays, and the contexts as stored, shape (batch, 6)."""
        as_of = np.array([moment.time if r.as_of is None else r.as_of for r in requests], np.int64)
        if len(requests) and as_of.min() < moment.time:
            raise ValueError(f"a request at {as_of.min()} is earlier than the moment {moment.time}")
        users = self.users(requests)
        stored = self.profiles.of(users, as_of)
        contexts = stored.copy()
        for row, request in enumerate(requests):
            for field, code in request.overrides.items():
                contexts[row, _column(field)] = _code(field, code)

        own = [(row, click) for row, r in enumerate(requests) for click in r.history or () if click.time < as_of[row]]
        brings_own = np.array([r.history is not None for r in requests], bool)
        flat, rows = ranges(*self.histories.spans(np.where(brings_own, NOTHING, users), as_of))
        rows = np.append(rows, np.array([row for row, _ in own], np.int64))
        times = np.append(self.histories.times(flat), [click.time for _, click in own])
        own_items = self.articles.index(np.array([click.article_id for _, click in own], np.int64))
        items = np.append(self.histories.items[flat], own_items)
        order = np.lexsort((times, rows))
        visitors = make_visitors(rows[order], items[order], times[order].astype(np.int64), as_of, contexts, DEPTH)
        return visitors, stored

    def users(self, requests: Sequence[Request]) -> Ints:
        """The index of each request's stored user, ``NOTHING`` for a visitor who is not stored.

        Raises:
            InputError: an id is named that is not stored, and no history comes with it.
        """
        largest = np.iinfo(np.int64).max
        ids = (NOTHING if r.user_id is None else r.user_id for r in requests)
        named = np.array([one if abs(one) <= largest else NOTHING for one in ids], np.int64)
        users = find(self.user_ids, named, self._by_id)
        for request, user in zip(requests, users.tolist(), strict=True):
            if request.user_id is not None and user == NOTHING and request.history is None:
                raise InputError(
                    f"There is no visitor {request.user_id}: this set knows {len(self.user_ids):,} visitors, "
                    f"with ids from {self.user_ids[0]} to {self.user_ids[-1]}."
                )
        return users

    @cached_property
    def _by_id(self) -> Longs:
        return np.argsort(self.user_ids, kind="stable")

    def title(self, item: int) -> str:
        """An article's headline, or its id where the dataset has none."""
        titles = self.articles.titles
        return str(titles[item]) if titles is not None and titles[item] else f"Article {self.articles.ids[item]}"

    def title_of(self, article_id: int) -> str:
        """The headline of the article with an id, which need not be in the set."""
        item = int(self.articles.index(article_id))
        return self.title(item) if item >= 0 else f"Article {article_id} (not in this set)"

    def section(self, item: int) -> str:
        """An article's section in words."""
        code = int(self.articles.sections[item])
        return self.settings.label("section", code) if code >= 0 else "section unknown"

    def history(self, request: Request, as_of: int) -> tuple[Click, ...]:
        """What the visitor had read before a moment, oldest first."""
        if request.history is not None:
            return tuple(sorted((c for c in request.history if c.time < as_of), key=lambda click: click.time))
        return tuple(click for click in self._stored_clicks(request) if click.time < as_of)

    def ground_truth(self, request: Request, as_of: int) -> int | None:
        """The article that the stored visitor really opened next, where that is known."""
        if request.history is not None:
            return None
        return next((click.article_id for click in self._stored_clicks(request) if click.time >= as_of), None)

    def _stored_clicks(self, request: Request) -> list[Click]:
        user = int(self.users([request])[0])
        if user == NOTHING:
            return []
        items, times = self.histories.of(user)
        return [Click(a, t) for a, t in zip(self.articles.ids[items].tolist(), times.tolist(), strict=True)]

    def _reranker(self) -> Reranker:
        if self.reranker is None:
            raise ValueError("this engine has no reranker yet")
        return self.reranker


def _column(field: str) -> int:
    if field not in CONTEXT_FIELDS:
        raise InputError(f"{field} is not a part of the context; these are: {', '.join(CONTEXT_FIELDS)}.")
    return CONTEXT_FIELDS.index(field)


def _code(field: str, code: int) -> int:
    if not 0 <= code <= np.iinfo(np.int16).max:
        raise InputError(f"{code} is not a code for {field}: codes are from 0 to {np.iinfo(np.int16).max}.")
    return code
