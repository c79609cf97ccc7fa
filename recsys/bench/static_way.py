"""The static way to an answer: candidate lists looked up, six features in a Python loop, one call of LightGBM.

The lists are those of our retrievers, computed beforehand for some visitors as a static system keeps its own for all.
Ranks are looked up in dictionaries, which is faster than searching the lists, and all other costs of such a system are
left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain

import lightgbm
import numpy as np

from recsys.core.entities import Request
from recsys.core.types import PAD, Floats
from recsys.engine.engine import Engine
from recsys.ranking.pool import NOT_LISTED

SIZES = {"item_cf": 300, "als": 100, "popularity": 200, "two_tower": 200}
"""Of the lists, in the order in which they are joined."""
TREES, LEAVES = 300, 31
"""Of the reranker."""


@dataclass(frozen=True)
class StaticWay:
    """What a static system keeps ready: lists of articles by algorithm and user, vectors of users and articles."""

    lists: dict[str, dict[int, list[int]]]
    visitor_vectors: dict[int, Floats]
    article_vectors: Floats
    forest: lightgbm.Booster

    @classmethod
    def prepare(cls, engine: Engine, requests: Sequence[Request]) -> StaticWay:
        """For these stored visitors, with a forest that has learned what our reranker ranks first."""
        moment = engine.at(engine.end)
        visitors, _ = engine.visitors(requests, moment)
        users = [request.user_id for request in requests if request.user_id is not None]
        lists = {}
        for name, size in SIZES.items():
            found = moment.retrievers[name].retrieve(visitors, size).items.tolist()
            lists[name] = {user: [item for item in row if item != PAD] for user, row in zip(users, found, strict=True)}
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
    for joined_rank, item in enumerate(pool):
        row: list[float] = [rank.get(item, NOT_LISTED) for rank in ranks]
        row.append(joined_rank)
        row.append(float(np.dot(vector, articles[item])))
        features.append(row)
    return pool, features
