"""The two-tower network, served: what is read now, by visitors whom the user tower finds alike.

The user tower gives a visitor's vector; an article's vector follows its readers of the last hours (``audience``), so
that one published minutes ago has a vector as good as any other.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Self

import numpy as np

from recsys.core.arrays import against, scatter_rows
from recsys.core.batches import Visitors
from recsys.core.caching import memoized
from recsys.core.progress import Report
from recsys.core.types import HOUR, Arrays, Doubles, Floats, Longs
from recsys.data.click_log import ClickLog
from recsys.data.clicks import Clicks
from recsys.data.histories import Histories
from recsys.retrieval.article_vectors import ArticleVectors
from recsys.retrieval.base import Retriever
from recsys.retrieval.decayed_counts import DecayedCounts
from recsys.retrieval.late_clicks import LateClicks
from recsys.retrieval.live_articles import LiveArticles
from recsys.retrieval.two_tower import network
from recsys.retrieval.two_tower.audience import Audience
from recsys.retrieval.two_tower.model import TrainedTowers
from recsys.retrieval.two_tower.settings import TwoTowerSettings


@dataclass(frozen=True)
class TwoTower(Retriever[TwoTowerSettings]):
    """The trained towers, decayed clicks, and each article's readers."""

    name = "two_tower"
    Settings = TwoTowerSettings

    towers: TrainedTowers
    clicks: DecayedCounts
    audience: Audience

    @classmethod
    def fit(cls, settings: TwoTowerSettings, log: ClickLog, live: LiveArticles, report: Report) -> TwoTower:
        """Train both towers, and take in the readers of the last hours."""
        return cls.around(TrainedTowers.fit(settings, log, report), log, live)

    def refitted(self, log: ClickLog, live: LiveArticles, report: Report) -> TwoTower:
        """Go on training the towers, and take in the readers of the last hours."""
        return self.around(self.towers.refitted(log, self.live.moment, report), log, live)

    @classmethod
    def around(cls, trained: TrainedTowers, log: ClickLog, live: LiveArticles) -> TwoTower:
        """These towers, with the readers of the last hours."""
        settings = trained.settings
        start = live.moment - settings.memory_hours * HOUR
        clicks = log.clicks.between(start, live.moment)
        counts = DecayedCounts.start((settings.network.popularity_half_life,), start, settings.floor)
        readers = trained.readers(clicks, log.histories)
        audience = Audience.start(settings.audience, readers, start).advance(
            clicks.items, clicks.times, readers, live.moment
        )
        return cls(settings, live, trained, counts.advance(*_events(clicks), live.moment), audience)

    def at(self, live: LiveArticles) -> Self:
        """The same with other live articles; those at the end of a grown catalogue have their section's vector."""
        return replace(self, live=live, towers=self.towers.with_articles(live.articles))

    def knowing(self, other: Self) -> Self:
        """The same with the vectors of another moment, those of which still hold."""
        return replace(self, towers=replace(self.towers, before=other.towers.vectors_at_hand))

    def advance(self, clicks: Clicks, histories: Histories, live: LiveArticles) -> TwoTower:
        """Count the clicks and their readers, and fold in articles without a trained id from the first of them."""
        readers = self.towers.readers(clicks, histories)
        new = self.towers.wanted(clicks)
        return TwoTower(
            self.settings,
            live,
            self.towers.fold_in(clicks.items[new], readers[new]),
            self.clicks.advance(*_events(clicks), live.moment),
            self.audience.advance(clicks.items, clicks.times, readers, live.moment),
        )

    def recounted(self, known: Self, clicks: LateClicks, histories: Histories, live: LiveArticles) -> Self:
        """Count and fold in anew the articles whose readers were others than it seemed."""
        some, items = clicks.on_items, clicks.items
        readers = self.towers.readers(some, histories)
        few = replace(self.towers, folded=self.towers.folded.only(items))
        new = few.wanted(some)
        folded = few.fold_in(some.items[new], readers[new]).folded
        touched = items.astype(np.int64)
        return replace(
            known,
            live=live,
            towers=known.towers.refolded(known.towers.folded.without(items).joined(folded)),
            clicks=self.clicks.recounted(known.clicks, touched, *_events(some)),
            audience=self.audience.recounted(known.audience, touched, some.items, some.times, readers),
        )

    def scores(self, visitors: Visitors) -> Floats:
        """The logarithm of the article's share of the clicks, plus how well the visitor goes with who reads it now."""
        return np.asarray(self._log_shares + self.settings.audience_weight * self.audience_scores(visitors), np.float32)

    @memoized
    def audience_scores(self, visitors: Visitors) -> Floats:
        """How much likelier than anybody each visitor is among each live article's readers, as a logarithm."""
        slopes, offsets = self._audience_lines
        return np.asarray(against(self.towers.settled_outputs(visitors), slopes) + offsets)

    @property
    def article_vectors(self) -> ArticleVectors:
        """The article tower's, new articles folded in."""
        return self.towers.vectors

    @memoized
    def visitor_vectors(self, visitors: Visitors) -> Floats:
        """The user tower's."""
        return self.towers.visitor_vectors(visitors)

    def state(self) -> Arrays:
        """The weights, the clicks and the readers; later articles are folded in by ``advance``."""
        rows = np.flatnonzero(self.towers.has_id).astype(np.int32)
        return {
            **self.towers.weights,
            "id_rows": rows,
            **self.clicks.state("clicks_"),
            **self.audience.state("audience_"),
        }

    @classmethod
    def restore(cls, settings: TwoTowerSettings, state: Arrays, live: LiveArticles) -> TwoTower:
        """The towers as trained."""
        counts = DecayedCounts.restore(state, "clicks_", live.moment, settings.floor)
        audience = Audience.restore(settings.audience, state, "audience_", live.moment)
        weights = {name: array for name, array in state.items() if not name.startswith(("clicks_", "audience_"))}
        weights["id"] = scatter_rows(weights["id"], weights.pop("id_rows"), len(live.articles))
        return cls(settings, live, TrainedTowers.start(settings, live.articles, weights), counts, audience)

    @cached_property
    def _audience_lines(self) -> tuple[Floats, Floats]:
        return self.audience.lines(self.live.items)

    @cached_property
    def _log_shares(self) -> Floats:
        return network.log_shares(self.settings.network, self.clicks.lookup(0, self.live.items)[0])


def _events(clicks: Clicks) -> tuple[Longs, Longs, Doubles]:
    return clicks.items.astype(np.int64), clicks.times, np.ones((1, len(clicks)))
