"""The two-tower network of the seed system: the cosine of visitor and article, and nothing of time."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Self

import numpy as np

from recsys.data.clicklog import ClickLog, Clicks, Histories
from recsys.domain import Floats, Visitors
from recsys.retrieval.base import Arrays, Report, Retriever, product
from recsys.retrieval.live import LiveArticles
from recsys.retrieval.trained_towers import TrainedTowers
from recsys.retrieval.vectors import ArticleVectors


@dataclass(frozen=True)
class PlainTwoTower(Retriever):
    """Towers trained without an article's age and clicks beside them, so that the vectors have to carry both."""

    name = "two_tower"
    label = "Two-tower, plain"
    list_size = 200

    towers: TrainedTowers

    @classmethod
    def fit(cls, log: ClickLog, live: LiveArticles, report: Report) -> Self:
        """Train both towers."""
        return cls(live, TrainedTowers.fit(log, report, knows_time=False))

    def at(self, live: LiveArticles) -> Self:
        """The same with other articles in play; those at the end of a grown catalogue have their section's vector."""
        return replace(self, live=live, towers=self.towers.with_articles(live.articles))

    def advance(self, clicks: Clicks, histories: Histories, live: LiveArticles) -> Self:
        """Fold in articles without a trained id."""
        first = clicks.rows(self.towers.wanted(clicks))
        folded = self.towers.fold_in(first.items, self.towers.readers(first, histories))
        return replace(self, live=live, towers=folded)

    def scores(self, visitors: Visitors) -> Floats:
        """Cosines over the temperature."""
        cosines = product(self.towers.visitor_vectors(visitors), self.towers.vectors[self.live.items].T)
        return np.asarray(cosines / self.towers.weights["temperature"], np.float32)

    @property
    def article_vectors(self) -> ArticleVectors:
        """The article tower's, new articles folded in."""
        return self.towers.vectors

    def visitor_vectors(self, visitors: Visitors) -> Floats:
        """The user tower's."""
        return self.towers.visitor_vectors(visitors)

    def state(self) -> Arrays:
        """The weights."""
        return self.towers.weights

    @classmethod
    def restore(cls, state: Arrays, live: LiveArticles) -> Self:
        """The towers as trained."""
        return cls(live, TrainedTowers.start(live.articles, state))
