"""The seed's way to an answer: candidate lists looked up, six features in a Python loop, one call of LightGBM.

The lists are those of our retrievers, laid by beforehand for some visitors as the seed kept its own for all. Ranks are
looked up in dictionaries, which is kinder to the seed than searching the lists, and what it spent on anything else is
left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain

import lightgbm
import numpy as np

from recsys.domain import NOTHING, Floats, Request
from recsys.engine import Engine
from recsys.ranking.pool import NOT_LISTED

SIZES = {"item_cf": 300, "als": 100, "popularity": 200, "two_tower": 200}
"""Of the seed's lists, in the order in which it joined them."""
TREES, LEAVES = 300, 31
"""Of its reranker."""


@dataclass(frozen=True)
class SeedWay:
    """What the seed kept ready: lists of article indices by algorithm and user, vectors by user and by article."""

    lists: dict[str, dict[int, list[int]]]
    visitor_vectors: dict[int, Floats]
    article_vectors: Floats
    forest: lightgbm.Booster

    @classmethod
    def prepare(cls, engine: Engine, requests: Sequence[Request]) -> SeedWay:
        """For these stored visitors, with a forest of the seed's size that has learned what our reranker puts first."""
        moment = engine.at(engine.end)
        visitors, _ = engine.visitors(requests, moment)
        users = [request.user_id for request in requests if request.user_id is not None]
        lists = {}
        for name, size in SIZES.items():
            found = moment.retrievers[name].retrieve(visitors, size).items.tolist()
            lists[name] = {
                user: [item for item in row if item != NOTHING] for user, row in zip(users, found, strict=True)
            }
        two_tower = moment.retrievers["two_tower"]
        theirs, of_articles = two_tower.visitor_vectors(visitors), two_tower.article_vectors
        assert theirs is not None
        assert of_articles is not None
        articles = of_articles.table()
        vectors = dict(zip(users, theirs, strict=True))
        pools = [_features(lists, user, vectors[user], articles) for user in users]
        best = engine.rank(requests, moment).top(20)
        clicked = np.concatenate([np.isin(items, top) for (items, _), top in zip(pools, best, strict=True)])
        rows = np.array([row for _, features in pools for row in features], np.float32)
        sizes = [len(items) for items, _ in pools]
        settings = {"objective": "lambdarank", "num_leaves": LEAVES, "verbosity": -1}
        forest = lightgbm.train(settings, lightgbm.Dataset(rows, clicked, group=sizes), TREES)
        return cls(lists, vectors, articles, forest)

    def recommend(self, user: int, k: int = 10) -> list[int]:
        """The first ``k`` articles, as indices."""
        items, features = _features(self.lists, user, self.visitor_vectors[user], self.article_vectors)
        scores = self.forest.predict(np.array(features, np.float32))
        return [items[row] for row in np.argsort(-np.asarray(scores))[:k]]


def _features(
    lists: dict[str, dict[int, list[int]]], user: int, vector: Floats, articles: Floats
) -> tuple[list[int], list[list[float]]]:
    """The pool of a user and the six features of each article."""
    mine = [lists[name][user] for name in SIZES]
    ranks = [{item: rank for rank, item in enumerate(one, 1)} for one in mine]
    pool = list(dict.fromkeys(chain.from_iterable(mine)))
    features = []
    for place, item in enumerate(pool):
        row: list[float] = [rank.get(item, NOT_LISTED) for rank in ranks]
        row.append(place)
        row.append(float(np.dot(vector, articles[item])))
        features.append(row)
    return pool, features
