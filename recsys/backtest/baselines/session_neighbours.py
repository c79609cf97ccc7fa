"""What all published session kNNs have in common here: the last day's sessions, and a visitor who is their session."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Generic, Self

import numpy as np
from pydantic import NonNegativeInt, PositiveInt
from typing_extensions import TypeVar

from recsys.backtest.baselines.session_index import SessionIndex
from recsys.core.batches import Visitors
from recsys.core.progress import Report
from recsys.core.settings import WholePacedHours
from recsys.core.types import HOUR, PAD, Arrays, Doubles, Floats, Ints
from recsys.data.click_log import ClickLog
from recsys.data.clicks import Clicks
from recsys.data.histories import Histories
from recsys.retrieval.base import NO_OPINION, Retriever, RetrieverSettings
from recsys.retrieval.item_cf.session_knn import RecentSessions
from recsys.retrieval.live_articles import LiveArticles


class NeighboursSettings(RetrieverSettings):
    """How many sessions are looked at."""

    list_size: NonNegativeInt = 20
    neighbours: PositiveInt = 500
    sample: PositiveInt = 500
    """The newest of those that share an article with the visitor's session are compared."""
    memory_hours: WholePacedHours = 24


Numbers = TypeVar("Numbers", bound=NeighboursSettings, default=NeighboursSettings)


@dataclass(frozen=True)
class SessionNeighbours(Retriever[Numbers], Generic[Numbers]):
    """The sessions of the last day. Its visitors' histories hold the present session alone."""

    recent: RecentSessions

    @abstractmethod
    def _score(self, read: Ints, as_of: int) -> tuple[Ints, Doubles]:
        """The articles of a session's neighbours and their scores; ``read`` is the session, oldest first."""

    @classmethod
    def fit(cls, settings: Numbers, log: ClickLog, live: LiveArticles, report: Report) -> Self:
        """Take in the last day."""
        empty = cls(settings, live, RecentSessions.empty())
        start = live.moment - settings.memory_hours * HOUR
        return empty.advance(log.clicks.between(start, live.moment), log.histories, live)

    def advance(self, clicks: Clicks, histories: Histories, live: LiveArticles) -> Self:
        """Add the new clicks, and forget those of more than a day ago."""
        start = live.moment - self.settings.memory_hours * HOUR
        return replace(self, live=live, recent=self.recent.joined(clicks).since(start))

    def scores(self, visitors: Visitors) -> Floats:
        """What the neighbours' articles come to; ``NO_OPINION`` of all others."""
        scores = np.full((len(visitors), len(self.live.items)), NO_OPINION, np.float32)
        for row, (items, as_of) in enumerate(zip(visitors.items, visitors.as_of.tolist(), strict=True)):
            articles, values = self._score(items[items != PAD][::-1], as_of)
            scores[row, self.live.position[articles]] = values
        return scores

    def state(self) -> Arrays:
        """The recent clicks."""
        return {"items": self.recent.items, "times": self.recent.times, "sessions": self.recent.sessions}

    @classmethod
    def restore(cls, settings: Numbers, state: Arrays, live: LiveArticles) -> Self:
        """The sessions at ``live.moment``."""
        return cls(settings, live, RecentSessions(state["items"], state["times"], state["sessions"]))

    @cached_property
    def index(self) -> SessionIndex:
        """The sessions, to look up."""
        return SessionIndex.of(self.recent, len(self.live.articles))


def summed(articles: Ints, values: Doubles) -> tuple[Ints, Doubles]:
    """The different articles, and the sum of the values of each."""
    different, which = np.unique(articles, return_inverse=True)
    return different, np.bincount(which, values, len(different)).astype(float)
