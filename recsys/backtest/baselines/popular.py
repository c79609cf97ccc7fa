"""The most clicked articles, lately or ever."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, Self

import numpy as np

from recsys.core.batches import Visitors
from recsys.core.progress import Report
from recsys.core.settings import PacedHours
from recsys.core.types import HOUR, Arrays, Floats, Ints, Longs
from recsys.data.click_log import ClickLog
from recsys.data.clicks import Clicks
from recsys.data.histories import Histories
from recsys.retrieval.base import NO_OPINION, Retriever, RetrieverSettings, SettingsT
from recsys.retrieval.live_articles import LiveArticles


@dataclass(frozen=True)
class MostClicked(Retriever[SettingsT], Generic[SettingsT]):
    """Counts of the clicks within a span before the moment; the same list for everybody.

    Attributes:
        items: the articles of the clicks that still count, shape (clicks,).
        times: when they were, ms, shape (clicks,).
    """

    items: Ints
    times: Longs

    @property
    def span(self) -> float | None:
        """How far back clicks count, ms; None for ever."""
        return None

    @classmethod
    def fit(cls, settings: SettingsT, log: ClickLog, live: LiveArticles, report: Report) -> Self:
        """Take in the whole log."""
        none = np.empty(0, np.int64)
        return cls(settings, live, none.astype(np.int32), none).advance(log.clicks, log.histories, live)

    def advance(self, clicks: Clicks, histories: Histories, live: LiveArticles) -> Self:
        """Add the new clicks, and forget what is older than the span."""
        items, times = np.append(self.items, clicks.items), np.append(self.times, clicks.times)
        first = 0 if self.span is None else int(np.searchsorted(times, live.moment - self.span))
        return type(self)(self.settings, live, items[first:], times[first:])

    def scores(self, visitors: Visitors) -> Floats:
        """The number of clicks."""
        counts = np.bincount(self.items, minlength=len(self.live.articles))[self.live.items]
        scores = np.where(counts > 0, counts, NO_OPINION).astype(np.float32)
        return np.repeat(scores[None, :], len(visitors), axis=0)

    def state(self) -> Arrays:
        """The clicks that count."""
        return {"items": self.items, "times": self.times}

    @classmethod
    def restore(cls, settings: SettingsT, state: Arrays, live: LiveArticles) -> Self:
        """The counts at ``live.moment``."""
        return cls(settings, live, state["items"], state["times"])


class LastHourSettings(RetrieverSettings):
    """How long the last hour is."""

    span_hours: PacedHours = 1.0


class PopularLastHour(MostClicked[LastHourSettings]):
    """Most clicked in the last hour; on a log that moves on more slowly, in so many hours more."""

    name = "popular-1h"
    Settings = LastHourSettings

    @property
    def span(self) -> float:
        """How far back clicks count, ms."""
        return self.settings.span_hours * HOUR


class PopularEver(MostClicked[RetrieverSettings]):
    """Most clicked of all time."""

    name = "popularity"
