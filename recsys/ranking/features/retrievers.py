"""What the retrievers say of an article."""

from __future__ import annotations

import numpy as np

from recsys.ranking.features.registry import Values, feature, retriever
from recsys.ranking.pool import NOT_LISTED, Pool
from recsys.retrieval.two_tower import TwoTower

GROUP = "Retrievers"


def _rank_and_score(name: str, label: str, unit: str) -> None:
    def rank(pool: Pool) -> Values:
        return pool.rank(name)

    def score(pool: Pool) -> Values:
        return pool.score(name)

    rank.__doc__ = f"The article's place in the list of {label}, {NOT_LISTED} where it is not in it."
    score.__doc__ = f"What {label} says of the article, whichever list it came from; missing where it can say nothing."
    feature(f"rank_{name}", f"Rank: {label}", "rank", GROUP, name)(rank)
    feature(f"score_{name}", f"Score: {label}", unit, GROUP, name)(score)


def _relative(name: str, label: str) -> None:
    def relative(pool: Pool) -> Values:
        return _to_best(pool, name)

    relative.__doc__ = f"The score of {label} as a share of the best score in its list."
    feature(f"relative_{name}", f"Relative score: {label}", "share", GROUP, name)(relative)


def _to_best(pool: Pool, name: str) -> Values:
    scores = pool.candidates[name].scores
    best = scores[:, 0] if scores.shape[1] else np.full(len(scores), -np.inf, np.float32)
    score = pool.score(name)
    known = np.isfinite(score) & (best[pool.rows] > 0)
    return np.divide(score, best[pool.rows], out=np.zeros(len(pool), np.float32), where=known)


_rank_and_score("item_cf", "item-to-item CF", "share")
_rank_and_score("als", "ALS", "preference")
_rank_and_score("popularity", "contextual popularity", "share")
_rank_and_score("two_tower", "two-tower", "logit")

_relative("item_cf", "item-to-item CF")
_relative("popularity", "contextual popularity")


@feature("blend", "Relative scores, summed", "sum", GROUP, "item_cf", "popularity", "als")
def _blend(pool: Pool) -> Values:
    """The relative scores of item-to-item CF, contextual popularity and ALS together."""
    relative = [_to_best(pool, name) for name in ("item_cf", "popularity", "als")]
    return np.clip(relative, 0.0, 1.0).sum(axis=0)


@feature("pool_place", "Place in the pool", "place", GROUP)
def _pool_place(pool: Pool) -> Values:
    """Where the article stands when the lists are joined one after the other."""
    return pool.places


@feature("tower_cosine", "Cosine of the towers", "cosine", GROUP, "two_tower")
def _tower_cosine(pool: Pool) -> Values:
    """The cosine of the visitor's and the article's vectors, as the towers were trained."""
    two_tower = retriever(pool, TwoTower)
    return pool.products(two_tower.live_article_vectors, two_tower.visitor_vectors(pool.visitors)[:, None])[0]


@feature("audience", "Goes with its readers", "log ratio", GROUP, "two_tower")
def _audience(pool: Pool) -> Values:
    """How much likelier than anybody the visitor is among the article's readers now, by the user tower's vectors."""
    return retriever(pool, TwoTower).audience_scores(pool.visitors)[pool.rows, pool.positions]
