"""What the retrievers say of an article: for every retriever that is registered, and a few across them."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from recsys.core.caching import memoized
from recsys.core.reasons import Reason
from recsys.core.types import Floats
from recsys.ranking.features.registry import (
    AllSettings,
    Feature,
    FeatureGroup,
    Function,
    Values,
    family,
    feature,
    make_feature,
)
from recsys.ranking.pool import Pool
from recsys.retrieval.base import NO_OPINION
from recsys.retrieval.entry import RetrieverEntry
from recsys.retrieval.registry import RETRIEVERS
from recsys.retrieval.two_tower.retriever import TwoTower

GROUP = FeatureGroup("Retrievers", Reason.SIMILAR_READERS)


@family
def _ranks_and_scores(settings: AllSettings) -> Iterator[Feature]:
    names = [name for name in settings if name in RETRIEVERS]

    def ranks(pool: Pool) -> list[Values]:
        return [pool.ranks[:, column] for column in pool.columns(names)]

    def scores(pool: Pool) -> list[Values]:
        return [pool.scores[:, column] for column in pool.columns(names)]

    for column, name in enumerate(names):
        yield _rank(ranks, column, RETRIEVERS[name])
        yield _score(scores, column, RETRIEVERS[name])


@family
def _relative_scores(settings: AllSettings) -> Iterator[Feature]:
    names = [name for name in settings if name in RETRIEVERS and RETRIEVERS[name].relative_score]

    def relative_scores(pool: Pool) -> list[Values]:
        found = _to_best(pool)
        return [found[:, column] for column in pool.columns(names)]

    for column, name in enumerate(names):
        yield _relative(relative_scores, column, RETRIEVERS[name])


def _rank(ranks: Function, column: int, entry: RetrieverEntry) -> Feature:
    return make_feature(
        ranks, f"rank_{entry.name}", f"Rank in the list of {entry.label}", "rank", GROUP, entry.name,
        meaning=f"The first is what {entry.label} would recommend most.", reason=entry.reason,
        in_ensemble=entry.rank_is_feature, column=column,
    )  # fmt: skip


def _score(scores: Function, column: int, entry: RetrieverEntry) -> Feature:
    return make_feature(
        scores, f"score_{entry.name}", entry.fact or f"Score by {entry.label}", entry.score_unit, GROUP, entry.name,
        meaning=f"The score of {entry.label}, whichever list the article came from; unknown where it has none.",
        reason=entry.reason, column=column,
    )  # fmt: skip


def _relative(relative_scores: Function, column: int, entry: RetrieverEntry) -> Feature:
    return make_feature(
        relative_scores, f"relative_{entry.name}", f"Score by {entry.label}, relative to its best", "share", GROUP,
        entry.name, meaning=f"The score of {entry.label} as a share of the best score in its list.",
        reason=entry.reason, column=column,
    )  # fmt: skip


@memoized
def _to_best(pool: Pool) -> Floats:
    """Each retriever's score as a share of the best in its list, 0 where there is none; shape (rows, retrievers)."""
    lists = [found.scores for found in pool.candidates.values()]
    none = np.full_like(pool.visitors.clicks, NO_OPINION, np.float32)
    best = np.array([scores[:, 0] if scores.shape[1] else none for scores in lists]).take(pool.rows, axis=1).T
    known = np.isfinite(pool.scores) & (best > 0)
    return np.divide(pool.scores, best, out=np.zeros_like(best), where=known)


@feature("blend", "Agreement of three algorithms", "sum", GROUP, "item_cf", "popularity", "als")
def _blend(pool: Pool) -> Values:
    """The sum of the relative scores of item-to-item CF, contextual popularity and ALS."""
    relative = _to_best(pool)[:, pool.columns(("item_cf", "popularity", "als"))]
    return np.clip(relative, 0.0, 1.0).sum(axis=1)


@feature("joined_rank", "Rank in the joined lists", "rank", GROUP, in_ensemble=False)
def _joined_rank(pool: Pool) -> Values:
    """The article's rank, from 0, when the lists are joined one after the other."""
    return pool.joined_ranks


@feature("tower_cosine", "Likeness of reader and article", "cosine", GROUP, "two_tower", reason=Reason.TASTE)
def _tower_cosine(pool: Pool) -> Values:
    """The cosine of the reader's and the article's vectors, as the towers were trained."""
    two_tower = pool.moment.retrievers["two_tower"]  # the static baseline has another two-tower under this name
    vectors = two_tower.visitor_vectors(pool.visitors)
    assert vectors is not None
    return pool.products(two_tower.live_article_vectors, vectors[:, None])[0]


@feature("audience", "Likeness to its current readers", "log ratio", GROUP, "two_tower")
def _audience(pool: Pool) -> Values:
    """How much more likely this reader is than any other to be among the article's readers now."""
    return pool.moment.get(TwoTower).audience_scores(pool.visitors).ravel().take(pool.cells)
