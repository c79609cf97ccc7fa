"""Follow-ups: clicks by readers who came from another article; how many there are now, and how many are to come."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Self

import numpy as np

from recsys.core.arrays import pair_keys
from recsys.core.types import HOUR, Arrays, Doubles, Ints, Longs
from recsys.data.clicks import Clicks
from recsys.retrieval.decayed_counts import DecayedCounts
from recsys.retrieval.forecast import Forecast
from recsys.retrieval.item_cf.session_knn import RecentSessions
from recsys.retrieval.item_cf.settings import ItemCFSettings
from recsys.retrieval.live_articles import LiveArticles


@dataclass(frozen=True)
class FollowUps:
    """Decayed counts of each article's follow-ups, and a forecast of them.

    A click is a follow-up where the one before it in its session is of another article and not too long ago.
    """

    settings: ItemCFSettings
    counts: DecayedCounts
    forecast: Forecast

    @classmethod
    def fit(cls, settings: ItemCFSettings, clicks: Clicks, live: LiveArticles) -> Self:
        """Count those of the last days before ``live.moment``, and learn from them."""
        start = live.moment - (settings.memory_hours + settings.forecast.learned_hours) * HOUR
        known = RecentSessions.of(clicks.between(start, live.moment))
        keys, times, weights = _events(known, found(settings, known))
        counts = DecayedCounts.start(settings.half_lives, start, settings.floor)
        forecast = Forecast.learned(settings.forecast, counts, keys, times, weights, live)
        return cls(settings, counts.advance(keys, times, weights[None, :], live.moment), forecast)

    def advance(self, known: RecentSessions, already_counted: int, to: int) -> Self:
        """With those among the clicks from row ``already_counted`` on, at a later moment, ms."""
        keys, times, weights = _events(known, found(self.settings, known, already_counted))
        return replace(self, counts=self.counts.advance(keys, times, weights[None, :], to))

    def recounted(self, later: Self, touched: Ints, known: RecentSessions, already_counted: int) -> Self:
        """At the moment of ``later``, which lacks clicks in sessions that hold the ``touched`` articles, sorted."""
        keys, times, weights = _events(known, found(self.settings, known, already_counted))
        mine = pair_keys(0, touched)
        return replace(self, counts=self.counts.recounted(later.counts, mine, keys, times, weights[None, :]))

    def log_shares_to_come(self, live: LiveArticles) -> Doubles:
        """The forecast for each live article, as the logarithm of its share of all follow-ups, shape (live,)."""
        return self.forecast.log_shares(self.counts.lookup(0, live.items), self.counts.half_lives, live)

    def state(self) -> Arrays:
        """The arrays from which ``restore`` makes it again."""
        return {**self.counts.state("follow_ups_"), **self.forecast.state("follow_ups_")}

    @classmethod
    def restore(cls, settings: ItemCFSettings, state: Arrays, moment: int) -> Self:
        """Counts at a moment, ms."""
        counts = DecayedCounts.restore(state, "follow_ups_", moment, settings.floor)
        return cls(settings, counts, Forecast.restore(settings.forecast, state, "follow_ups_"))


def found(settings: ItemCFSettings, clicks: RecentSessions, already_counted: int = 0) -> Ints:
    """The rows, from ``already_counted`` on, of clicks that are follow-ups, ascending."""
    order = clicks.by_session
    places = np.flatnonzero(order >= already_counted)
    places = places[places >= 1]
    before, after = order[places - 1], order[places]
    follows = clicks.sessions[before] == clicks.sessions[after]
    follows &= clicks.items[before] != clicks.items[after]
    follows &= clicks.times[after] - clicks.times[before] < settings.pair_window_hours * HOUR
    return np.sort(after[follows])


def _events(clicks: RecentSessions, rows: Ints) -> tuple[Longs, Longs, Doubles]:
    """What to count: articles as keys, times, weights; shapes (rows,)."""
    return pair_keys(0, clicks.items[rows]), clicks.times[rows], clicks.counted()[rows].astype(float)
