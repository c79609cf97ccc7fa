"""A two-tower network that knows nothing of time: the cosine of visitor and article."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Self

import numpy as np

from recsys.core.arrays import against
from recsys.core.batches import Visitors
from recsys.core.progress import Report
from recsys.core.types import Arrays, Floats
from recsys.data.click_log import ClickLog
from recsys.data.clicks import Clicks
from recsys.data.histories import Histories
from recsys.retrieval.article_vectors import ArticleVectors
from recsys.retrieval.base import Retriever
from recsys.retrieval.live_articles import LiveArticles
from recsys.retrieval.two_tower.model import TrainedTowers
from recsys.retrieval.two_tower.settings import TwoTowerSettings


@dataclass(frozen=True)
class PlainTwoTower(Retriever[TwoTowerSettings]):
    """Towers trained without an article's age and clicks beside them, so that the vectors have to carry both."""

    name = "two_tower"
    Settings = TwoTowerSettings

    towers: TrainedTowers

    @classmethod
    def fit(cls, settings: TwoTowerSettings, log: ClickLog, live: LiveArticles, report: Report) -> Self:
        """Train both towers."""
        return cls(settings, live, TrainedTowers.fit(settings, log, report, knows_time=False))

    def refitted(self, log: ClickLog, live: LiveArticles, report: Report) -> Self:
        """Go on training them."""
        towers = self.towers.refitted(log, self.live.moment, report, knows_time=False)
        return replace(self, live=live, towers=towers)

    def at(self, live: LiveArticles) -> Self:
        """The same with other live articles; those at the end of a grown catalogue have their section's vector."""
        return replace(self, live=live, towers=self.towers.with_articles(live.articles))

    def advance(self, clicks: Clicks, histories: Histories, live: LiveArticles) -> Self:
        """Fold in articles without a trained id."""
        first = clicks.rows(self.towers.wanted(clicks))
        folded = self.towers.fold_in(first.items, self.towers.readers(first, histories))
        return replace(self, live=live, towers=folded)

    def scores(self, visitors: Visitors) -> Floats:
        """Cosines over the temperature."""
        cosines = against(self.towers.visitor_vectors(visitors), self.towers.vectors[self.live.items])
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
    def restore(cls, settings: TwoTowerSettings, state: Arrays, live: LiveArticles) -> Self:
        """The towers as trained."""
        return cls(settings, live, TrainedTowers.start(settings, live.articles, state))
