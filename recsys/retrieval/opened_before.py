"""What the visitor has opened before: what they come back to, where a log has that."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Self

import numpy as np
from pydantic import PositiveFloat

from recsys.core.batches import Visitors
from recsys.core.progress import Report
from recsys.core.types import MINUTE, PAD, Arrays, Floats
from recsys.data.click_log import ClickLog
from recsys.data.clicks import Clicks
from recsys.data.histories import Histories
from recsys.retrieval.base import NO_OPINION, Retriever, RetrieverSettings
from recsys.retrieval.live_articles import LiveArticles


class OpenedBeforeSettings(RetrieverSettings):
    """How what was opened is forgotten."""

    decay: PositiveFloat = 0.5
    """The power of its age with which a click counts less; .5 is usual for human memory."""


@dataclass(frozen=True)
class OpenedBefore(Retriever[OpenedBeforeSettings]):
    """Of the visitor's last clicks on an article, ``sum(age ** -decay)``, ages in minutes.

    How likely something is to be needed again falls by such a power law: the base-level activation of Anderson &
    Schooler, "Reflections of the environment in memory", Psychological Science 1991. There is no length of time in
    it, so that it fits minutes as well as months.
    """

    name = "opened_before"
    Settings = OpenedBeforeSettings

    @classmethod
    def fit(cls, settings: OpenedBeforeSettings, log: ClickLog, live: LiveArticles, report: Report) -> Self:
        """There is nothing to learn: all is in the visitor's history."""
        return cls(settings, live)

    def advance(self, clicks: Clicks, histories: Histories, live: LiveArticles) -> Self:
        """The same with later live articles."""
        return replace(self, live=live)

    def scores(self, visitors: Visitors) -> Floats:
        """The sums; ``NO_OPINION`` of what the visitor did not open lately."""
        scores = np.zeros((len(visitors), len(self.live.items)))
        positions = self.live.position[visitors.items]
        row, column = np.nonzero((visitors.items != PAD) & (positions != PAD))
        minutes = np.maximum((visitors.as_of[row] - visitors.times[row, column]) / MINUTE, 1.0)
        np.add.at(scores, (row, positions[row, column]), minutes**-self.settings.decay)
        return np.where(scores > 0, scores, NO_OPINION).astype(np.float32)

    def state(self) -> Arrays:
        """Nothing."""
        return {}

    @classmethod
    def restore(cls, settings: OpenedBeforeSettings, state: Arrays, live: LiveArticles) -> Self:
        """The same."""
        return cls(settings, live)
