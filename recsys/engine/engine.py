"""Request → Recommendation: the one way to an answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from time import perf_counter

import numpy as np

from recsys.core.entities import Click, Context, ObservedClick, Profile, Request
from recsys.core.policy import NO_POLICY
from recsys.core.types import PAD, Codes
from recsys.data.dataset_settings import DatasetSettings
from recsys.engine.candidates import CandidateEngine
from recsys.engine.knowledge import Knowledge, check
from recsys.engine.moments import KeptMoments
from recsys.engine.recommendation import Recommendation
from recsys.engine.seen_ids import NONE_SEEN, SeenIds
from recsys.errors import InputError
from recsys.policy.applying import Outcome, apply
from recsys.ranking.ensemble import Ensemble
from recsys.ranking.ranking import Ranking
from recsys.ranking.reranker import Reranker
from recsys.retrieval.moment import Moment

LARGEST_K = 100
LONGEST_HISTORY = 1_000
"""How many of a visitor's last clicks an answer holds: somebody may send any number."""
STAGES = ("clock", "visitor", "retrieval", "rerank")
"""The stages of an answer that are timed, in order."""


class Engine(CandidateEngine):
    """Answers requests at any moment of the replay hours.

    Args:
        reranker: puts candidates in order.
        observed: the ids of the clicks that have come in; ``knowledge`` has them.

    Everything else is as in ``CandidateEngine``.
    """

    def __init__(
        self,
        dataset: DatasetSettings,
        ensemble: Ensemble,
        knowledge: Knowledge,
        moments: KeptMoments,
        reranker: Reranker,
        observed: SeenIds = NONE_SEEN,
    ) -> None:
        super().__init__(dataset, ensemble, knowledge, moments)
        self.reranker = reranker
        self.observed = observed

    @classmethod
    def completed(cls, candidates: CandidateEngine, reranker: Reranker) -> Engine:
        """A candidate engine with a reranker, at the same moments."""
        return cls(candidates.dataset, candidates.ensemble, candidates.knowledge, candidates.moments, reranker)

    def observe(self, clicks: Sequence[ObservedClick]) -> Engine:
        """The engine that has seen these clicks too; this one stays as it was, for whoever is using it.

        New articles and users are added. A click whose id was seen before counts once, and so does one that the log
        of the engine holds.

        Raises:
            InputError: a click is older than ``start``, or one of its numbers is out of range.
        """
        different = {click.id: click for click in reversed(clicks) if click.id not in self.observed}
        if not different:
            return self
        new = list(reversed(different.values()))
        for click in new:
            check(click, self.moments.first)
        knowledge, moments = self.knowledge, self.moments
        if counted := knowledge.not_in_log(new):
            knowledge, added = knowledge.with_clicks(counted)
            moments = moments.with_articles(knowledge.articles, int(added.times[0]), added)
        observed = self.observed.with_ids(different)
        return Engine(self.dataset, self.ensemble, knowledge, moments, self.reranker, observed)

    def until(self, time: int) -> Engine:
        """The same engine at a later time, ms, in which nothing more has come in; itself where it is not later."""
        if time <= self.end:
            return self
        knowledge = replace(self.knowledge, end=time)
        return Engine(self.dataset, self.ensemble, knowledge, self.moments, self.reranker, self.observed)

    def recommend(self, request: Request) -> Recommendation:
        """Answer one request, with every stage. Errors as in ``recommend_all``."""
        return self.recommend_all([request])[0]

    def recommend_all(self, requests: Sequence[Request]) -> list[Recommendation]:
        """Answer requests of one moment together, each as it would be alone; the times of the stages are of all.

        Raises:
            InputError: a visitor is unknown, ``k`` or the moment is out of range, or an override is not a code.
            ValueError: the requests differ in the moment, or are not alike (``Request.alike``).
        """
        for request in requests:
            if not 1 <= request.k <= LARGEST_K:
                raise InputError(f"k is {request.k}; it must be from 1 to {LARGEST_K}.")
            if unknown := sorted(request.without - set(self.ensemble.kinds)):
                raise InputError(f"Unknown algorithm {unknown[0]!r}. Known: {', '.join(self.ensemble.kinds)}.")
        shared = {(self.end if one.as_of is None else one.as_of, one.alike) for one in requests}
        if len(shared) != 1:
            raise ValueError("requests are answered together at one moment, alike in what they leave out and in policy")
        as_of, _ = shared.pop()
        clock = [perf_counter()]
        moment = self.at(as_of)
        clock.append(perf_counter())
        users = self.users_of(requests)
        visitors, stored = self.visitors(requests, moment, users)
        clock.append(perf_counter())
        pool = self.pool_of(visitors, requests[0], moment)
        clock.append(perf_counter())
        ranking, outcomes = self._arranged(self.reranker.rank(pool), requests)
        clock.append(perf_counter())
        took = {stage: 1000 * (b - a) for stage, (a, b) in zip(STAGES, pairwise(clock), strict=True)}
        return [
            self._answer(request, user, as_of, stored[row], ranking.of(row), outcomes[row] if outcomes else None, took)
            for row, (request, user) in enumerate(zip(requests, users.tolist(), strict=True))
        ]

    def rank(self, requests: Sequence[Request], moment: Moment) -> Ranking:
        """Answer a batch at one moment, as arrays, each list as long as the request says, and then as it was without a
        policy. Requests may be later than the moment, never earlier.
        """
        return self._arranged(self.reranker.rank(self.pool(requests, moment)), requests)[0]

    def _arranged(self, ranking: Ranking, requests: Sequence[Request]) -> tuple[Ranking, list[Outcome]]:
        """What the requests' policy makes of a ranking, and of each list; as it is where there is none."""
        policy = requests[0].policy if requests else NO_POLICY
        if not policy.rules:
            return ranking, []
        arranged, outcomes = apply(policy, ranking, requests, self.catalogue, [one.k for one in requests])
        starts = ranking.pool.starts.tolist()
        listed = [arranged.order[first : first + len(one.put_by)] for first, one in zip(starts, outcomes, strict=False)]
        return self.reranker.completed(arranged, np.concatenate(listed)), outcomes  # whatever is shown can be explained

    def _answer(
        self,
        request: Request,
        user: int,
        as_of: int,
        stored: Codes,
        ranking: Ranking,
        outcome: Outcome | None,
        took: Mapping[str, float],
    ) -> Recommendation:
        pool, best = ranking.pool, ranking.best(request.k)
        history, ground_truth = self._clicks_around(request, user, as_of)
        return Recommendation(
            request=request,
            as_of=as_of,
            profile=Profile(Context.from_codes(stored), Context.from_codes(pool.visitors.contexts[0])),
            history=history,
            clicks=int(pool.visitors.clicks[0]),
            ranking=ranking,
            articles=tuple(self.articles.ids[pool.items[best]].tolist()),
            scores=tuple(ranking.scores[best].tolist()),
            ground_truth=ground_truth,
            timings_ms=took,
            outcome=outcome,
        )

    def _clicks_around(self, request: Request, user: int, as_of: int) -> tuple[tuple[Click, ...], int | None]:
        """What the visitor had read before a moment, oldest first, and what they really opened next, where known."""
        if request.history is not None:
            own = sorted((click for click in request.history if click.time < as_of), key=lambda click: click.time)
            return tuple(own), None
        if user == PAD:
            return (), None
        items, times = self.histories.of(user)
        now = int(times.searchsorted(as_of))
        shown = slice(max(now - LONGEST_HISTORY, 0), now)
        ids = self.articles.ids[items[shown]].tolist()
        history = tuple(map(Click, ids, times[shown].tolist()))
        return history, int(self.articles.ids[items[now]]) if now < len(items) else None
