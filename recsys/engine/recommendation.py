"""The answer to one request, with every stage of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from recsys.core.arrays import ranks_of
from recsys.core.entities import ENSEMBLE, Click, Profile, Request
from recsys.core.types import PAD
from recsys.policy.applying import Outcome
from recsys.ranking.fates import Fate, fates
from recsys.ranking.ranking import Ranking


@dataclass(frozen=True)
class Recommendation:
    """The answer to one request, with every stage of it.

    ``history`` holds the last of the visitor's clicks, and ``clicks`` says how many there are; ``ranking`` holds the
    candidates of each retriever, the pool, the feature matrix and the reranker's scores of this one visitor;
    ``articles`` are the ids of the final list, best first, with their reranker ``scores``; ``ground_truth`` is the id
    of the article that the visitor really opened next, where that is known; ``outcome`` is what the request's policy
    did, where it has rules.
    """

    request: Request
    as_of: int
    profile: Profile
    history: tuple[Click, ...]
    clicks: int
    ranking: Ranking
    articles: tuple[int, ...]
    scores: tuple[float, ...]
    ground_truth: int | None
    timings_ms: Mapping[str, float]
    outcome: Outcome | None = None

    def fate(self, article_id: int, depth: int) -> Fate:
        """What came of an article of the catalogue, where the list is ``depth`` long."""
        target = np.array([self.ranking.pool.live.articles.index(article_id)])
        return Fate(int(fates(self.ranking, target, depth)[0]))

    def ranks_of(self, article_id: int) -> dict[str, int]:
        """Where an article ranks, from 1: in the reranked pool, as ``ENSEMBLE``, and in each retriever's list.

        0 where it is not listed.
        """
        pool = self.ranking.pool
        item = int(pool.live.articles.index(article_id))
        lists = {ENSEMBLE: pool.items[self.ranking.order]}
        lists |= {name: candidates.items[0] for name, candidates in pool.lists.items()}
        if item == PAD:
            return dict.fromkeys(lists, 0)
        target = np.array([item], np.int32)
        return {name: int(ranks_of(target, items[None])[0]) for name, items in lists.items()}
