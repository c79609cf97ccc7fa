"""The two-tower network, served: what is read now, by visitors whom the user tower finds alike.

The user tower gives a visitor's vector; an article's vector follows its readers of the last hours (``audience``), so
that one published minutes ago has a vector as good as any other.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Self

import numpy as np

from recsys.data.clicklog import ClickLog, Clicks, Histories
from recsys.domain import HOUR, Doubles, Floats, Longs, Visitors
from recsys.once import once
from recsys.retrieval import towers
from recsys.retrieval.audience import Audience
from recsys.retrieval.base import Arrays, Report, Retriever, product, spread
from recsys.retrieval.counts import DecayedCounts
from recsys.retrieval.live import LiveArticles
from recsys.retrieval.trained_towers import TrainedTowers
from recsys.retrieval.vectors import ArticleVectors

MEMORY = 8 * HOUR
"""``fit`` counts this far back: what is older has decayed under the floor."""
FLOOR = 0.02
AUDIENCE_WEIGHT = 0.6
"""What the audience counts beside the logarithm of popularity."""


@dataclass(frozen=True)
class TwoTower(Retriever):
    """The trained towers, decayed clicks, and each article's readers."""

    name = "two_tower"
    label = "Two-tower"
    list_size = 200

    towers: TrainedTowers
    clicks: DecayedCounts
    audience: Audience

    @classmethod
    def fit(cls, log: ClickLog, live: LiveArticles, report: Report) -> TwoTower:
        """Train both towers, and take in the readers of the last hours."""
        return cls.around(TrainedTowers.fit(log, report), log, live)

    @classmethod
    def around(cls, trained: TrainedTowers, log: ClickLog, live: LiveArticles) -> TwoTower:
        """These towers, with the readers of the last hours."""
        start = live.moment - MEMORY
        clicks = log.clicks.between(start, live.moment)
        counts = DecayedCounts.start((towers.POPULARITY_HALF_LIFE,), start, FLOOR)
        readers = trained.readers(clicks, log.histories)
        audience = Audience.start(readers, start).advance(clicks.items, clicks.times, readers, live.moment)
        return cls(live, trained, counts.advance(*_events(clicks), live.moment), audience)

    def at(self, live: LiveArticles) -> Self:
        """The same with other articles in play; those at the end of a grown catalogue have their section's vector."""
        return replace(self, live=live, towers=self.towers.with_articles(live.articles))

    def advance(self, clicks: Clicks, histories: Histories, live: LiveArticles) -> TwoTower:
        """Count the clicks and their readers, and fold in articles without a trained id from the first of them."""
        readers = self.towers.readers(clicks, histories)
        new = self.towers.wanted(clicks)
        return TwoTower(
            live,
            self.towers.fold_in(clicks.items[new], readers[new]),
            self.clicks.advance(*_events(clicks), live.moment),
            self.audience.advance(clicks.items, clicks.times, readers, live.moment),
        )

    def scores(self, visitors: Visitors) -> Floats:
        """The logarithm of the article's share of the clicks, plus how well the visitor goes with who reads it now."""
        return np.asarray(self._log_shares + AUDIENCE_WEIGHT * self.audience_scores(visitors), np.float32)

    @once
    def audience_scores(self, visitors: Visitors) -> Floats:
        """How much likelier than anybody each visitor is among each live article's readers, as a logarithm."""
        slopes, offsets = self._audience_lines
        return np.asarray(product(self.towers.settled_outputs(visitors), slopes.T) + offsets)

    @property
    def article_vectors(self) -> ArticleVectors:
        """The article tower's, new articles folded in."""
        return self.towers.vectors

    @once
    def visitor_vectors(self, visitors: Visitors) -> Floats:
        """The user tower's."""
        return self.towers.visitor_vectors(visitors)

    def state(self) -> Arrays:
        """The weights, the clicks and the readers; later articles are folded in by ``advance``."""
        rows = np.flatnonzero(self.towers.has_id).astype(np.int32)
        weights = {**self.towers.weights, "id": self.towers.weights["id"][rows], "id_rows": rows}
        return {**weights, **self.clicks.state("clicks_"), **self.audience.state("audience_")}

    @classmethod
    def restore(cls, state: Arrays, live: LiveArticles) -> TwoTower:
        """The towers as trained."""
        counts = DecayedCounts.restore(state, "clicks_", live.moment, FLOOR)
        audience = Audience.restore(state, "audience_", live.moment)
        weights = {name: array for name, array in state.items() if not name.startswith(("clicks_", "audience_"))}
        weights["id"] = spread(weights["id"], weights.pop("id_rows"), len(live.articles))
        return cls(live, TrainedTowers.start(live.articles, weights), counts, audience)

    @cached_property
    def _audience_lines(self) -> tuple[Floats, Floats]:
        return self.audience.lines(self.live.items)

    @cached_property
    def _log_shares(self) -> Floats:
        return towers.log_shares(self.clicks.lookup(0, self.live.items)[0])


def _events(clicks: Clicks) -> tuple[Longs, Longs, Doubles]:
    return clicks.items.astype(np.int64), clicks.times, np.ones((1, len(clicks)))
