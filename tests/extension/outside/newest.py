"""A retriever as somebody else would write it: the newest articles first."""

from __future__ import annotations

from dataclasses import replace
from typing import Self

import numpy as np

from recsys.core.batches import Visitors
from recsys.core.progress import Report
from recsys.core.types import Arrays, Floats
from recsys.data.click_log import ClickLog
from recsys.data.clicks import Clicks
from recsys.data.histories import Histories
from recsys.retrieval.base import NO_OPINION, Retriever, RetrieverSettings
from recsys.retrieval.entry import RetrieverEntry
from recsys.retrieval.live_articles import LiveArticles


class Newest(Retriever[RetrieverSettings]):
    """Articles by the time since they were first clicked."""

    name = "newest"

    @classmethod
    def fit(cls, settings: RetrieverSettings, log: ClickLog, live: LiveArticles, report: Report) -> Self:
        """Nothing to learn: the live articles know their first clicks."""
        return cls(settings, live)

    def advance(self, clicks: Clicks, histories: Histories, live: LiveArticles) -> Self:
        """The same with the later articles."""
        return replace(self, live=live)

    def scores(self, visitors: Visitors) -> Floats:
        """Minus the hours since the first click, the same for everybody."""
        live = self.live
        hours = (live.moment - live.first[live.items]) / 3_600_000
        scores = np.where(live.clicks[live.items] > 0, -hours, NO_OPINION).astype(np.float32)
        return np.repeat(scores[None, :], len(visitors), axis=0)

    def state(self) -> Arrays:
        """Nothing besides the live articles."""
        return {}

    @classmethod
    def restore(cls, settings: RetrieverSettings, state: Arrays, live: LiveArticles) -> Self:
        """From the live articles."""
        return cls(settings, live)


ENTRY = RetrieverEntry(Newest, "newest first", "New", "yellow", "star-triangle-up", score_unit="hours")
