"""What the retrievers say of an article: for every retriever that is registered, and a few across them."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from recsys.core.caching import memoized
from recsys.core.reasons import Reason
from recsys.core.types import Floats
from recsys.ranking.features.registry import AllSettings, Feature, FeatureGroup, Values, family, feature, make_feature
from recsys.ranking.pool import Pool
from recsys.retrieval.entry import RetrieverEntry
from recsys.retrieval.registry import RETRIEVERS
from recsys.retrieval.two_tower.retriever import TwoTower

GROUP = FeatureGroup("Retrievers", Reason.SIMILAR_READERS)


@family
def _ranks_and_scores(settings: AllSettings) -> Iterator[Feature]:
    for entry in _entries(settings):
        yield from _rank_and_score(entry)


@family
def _relative_scores(settings: AllSettings) -> Iterator[Feature]:
    for entry in _entries(settings):
        if entry.relative_score:
            yield _relative(entry)


def _entries(settings: AllSettings) -> list[RetrieverEntry]:
    return [RETRIEVERS[name] for name in settings if name in RETRIEVERS]


def _rank_and_score(entry: RetrieverEntry) -> Iterator[Feature]:
    name, label = entry.name, entry.label

    def rank(pool: Pool) -> Values:
        return pool.rank(name)

    def score(pool: Pool) -> Values:
        return pool.score(name)

    yield make_feature(
        rank, f"rank_{name}", f"Rank in the list of {label}", "rank", GROUP, name, in_ensemble=entry.rank_is_feature,
        meaning=f"The first is what {label} would recommend most.", reason=entry.reason,
    )  # fmt: skip
    yield make_feature(
        score, f"score_{name}", entry.fact or f"Score by {label}", entry.score_unit, GROUP, name,
        meaning=f"The score of {label}, whichever list the article came from; unknown where it has none.",
        reason=entry.reason,
    )  # fmt: skip


def _relative(entry: RetrieverEntry) -> Feature:
    name, label = entry.name, entry.label

    def relative(pool: Pool) -> Values:
        return _to_best(pool)[:, pool.column(name)]

    meaning = f"The score of {label} as a share of the best score in its list."
    return make_feature(
        relative, f"relative_{name}", f"Score by {label}, relative to its best", "share", GROUP, name,
        meaning=meaning, reason=entry.reason,
    )  # fmt: skip


@memoized
def _to_best(pool: Pool) -> Floats:
    """Each retriever's score as a share of the best in its list, 0 where there is none; shape (rows, retrievers)."""
    lists = [found.scores for found in pool.candidates.values()]
    best = np.full((len(pool.visitors), len(lists)), -np.inf, np.float32)
    for column, scores in enumerate(lists):
        if scores.shape[1]:
            best[:, column] = scores[:, 0]
    of_row = best[pool.rows]
    known = np.isfinite(pool.scores) & (of_row > 0)
    return np.divide(pool.scores, of_row, out=np.zeros(known.shape, np.float32), where=known)


@feature("blend", "Agreement of three algorithms", "sum", GROUP, "item_cf", "popularity", "als")
def _blend(pool: Pool) -> Values:
    """The sum of the relative scores of item-to-item CF, contextual popularity and ALS."""
    relative = _to_best(pool)[:, [pool.column(name) for name in ("item_cf", "popularity", "als")]]
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
