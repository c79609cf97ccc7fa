"""The contract of a retriever."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, ClassVar, Generic, Self

import numpy as np
from pydantic import NonNegativeInt
from typing_extensions import TypeVar

from recsys.core.arrays import ITEM_MASK
from recsys.core.batches import Candidates, Visitors
from recsys.core.caching import memoized
from recsys.core.process import allowed_cores
from recsys.core.progress import Report
from recsys.core.selection import largest
from recsys.core.settings import Settings
from recsys.core.types import PAD, Arrays, Floats, Ints, Longs
from recsys.data.click_log import ClickLog
from recsys.data.clicks import Clicks
from recsys.data.histories import Histories
from recsys.retrieval.article_vectors import ArticleVectors
from recsys.retrieval.late_clicks import LateClicks
from recsys.retrieval.live_articles import LiveArticles

NO_OPINION = np.float32(-np.inf)
"""The score of an article that a retriever knows nothing about."""


LISTED_AT_ONCE = 64
"""Visitors whose lists are made together: few enough that their scores stay in a core's cache."""
FITS_AT_ONCE = 2
"""Retrievers are fitted side by side, each on its share of the cores (``threads_to_fit``)."""


class RetrieverSettings(Settings):
    """The settings that every retriever has."""

    list_size: NonNegativeInt = 200
    """How many articles it suggests at most."""


SettingsT = TypeVar("SettingsT", bound=RetrieverSettings, default=Any)


@dataclass(frozen=True)
class Retriever(ABC, Generic[SettingsT]):
    """Scores every live article for a visitor. A retriever is a value: it knows the clicks up to its moment.

    The slow part (``fit``) learns from the past. The fast part (``advance``) takes in newer clicks and returns a new
    retriever at the later moment, which shares the slow part; the old one stays as it was, for whoever uses it.
    """

    name: ClassVar[str]
    Settings: ClassVar[type[RetrieverSettings]] = RetrieverSettings
    """The class of its settings, whose defaults are what the project trains with."""

    settings: SettingsT
    live: LiveArticles

    @classmethod
    @abstractmethod
    def fit(cls, settings: SettingsT, log: ClickLog, live: LiveArticles, report: Report) -> Self:
        """Learn from a log that ends at ``live.moment``."""

    def refitted(self, log: ClickLog, live: LiveArticles, report: Report) -> Self:
        """What ``fit`` learned, and the same log up to a later ``live.moment``: anew, or going on where it ended."""
        return self.fit(self.settings, log, live, report)

    @abstractmethod
    def advance(self, clicks: Clicks, histories: Histories, live: LiveArticles) -> Self:
        """The retriever at ``live.moment``, with the clicks since its own moment, in the order of their times.

        ``histories`` knows what their readers had read before; it is never asked for anything at or after a click.
        """

    def recounted(self, known: Self, clicks: LateClicks, histories: Histories, live: LiveArticles) -> Self:
        """The retriever at ``live.moment`` with clicks that came late; the same as ``advance`` with all clicks.

        ``known`` is at the same moment, without the late ones: whoever can changes only what they touch.
        """
        return self.knowing(known).advance(clicks.since, histories, live)

    @abstractmethod
    def scores(self, visitors: Visitors) -> Floats:
        """How well each live article fits each visitor; ``NO_OPINION`` where unknown. Shape (batch, live)."""

    @abstractmethod
    def state(self) -> Arrays:
        """The arrays from which ``restore`` makes this retriever again."""

    @classmethod
    @abstractmethod
    def restore(cls, settings: SettingsT, state: Arrays, live: LiveArticles) -> Self:
        """The retriever with this state; ``live`` is at the moment at which it was saved."""

    def at(self, live: LiveArticles) -> Self:
        """The same retriever with other live articles, or a catalogue that has grown, at the same moment."""
        return replace(self, live=live)

    def bare(self) -> Self:
        """The same retriever without what is large and has only been worked out."""
        return self.at(self.live)

    def knowing(self, other: Self) -> Self:
        """The same retriever with what another moment's has worked out, where that can be used again."""
        return self

    @property
    def article_vectors(self) -> ArticleVectors | None:
        """Unit vectors of all articles, zero for an article without one; None for a retriever without vectors."""
        return None

    def visitor_vectors(self, visitors: Visitors) -> Floats | None:
        """Unit vectors of visitors in the space of ``article_vectors``, (batch, dimensions); None without vectors."""
        return None

    @cached_property
    def live_article_vectors(self) -> Floats:
        """The unit vectors of the live articles, shape (live, dimensions); (live, 0) without vectors."""
        vectors = self.article_vectors
        return np.zeros((len(self.live.items), 0), np.float32) if vectors is None else vectors[self.live.items]

    def retrieve(self, visitors: Visitors, n: int | None = None) -> Candidates:
        """The best ``n`` articles that each visitor may see, by default as many as the settings say."""
        size = self.settings.list_size if n is None else n
        return best_allowed([self.scores(visitors)], [size], self.live, visitors)[0]


def threads_to_fit() -> int:
    """How many threads a retriever may keep busy while it learns, beside another one."""
    return max(allowed_cores() // FITS_AT_ONCE, 1)


def best_allowed(
    scores: Sequence[Floats], sizes: Sequence[int], live: LiveArticles, visitors: Visitors
) -> list[Candidates]:
    """Of each of several retrievers the best live articles that are not barred; fewer where fewer have a score.

    Equal scores go by article index, so that the answer depends on the scores alone.

    Args:
        scores: what each says, shape (batch, live).
        sizes: the n of each: how many articles are wanted. Its candidates have the shape (batch, n).
        live: the live articles.
        visitors: the batch.
    """
    barred, positions = _barred(live, visitors)
    blocks = []
    for first in range(0, max(len(visitors), 1), LISTED_AT_ONCE):
        end = first + LISTED_AT_ONCE
        allowed = np.array([one[first:end] for one in scores], np.float32)
        mine = (first <= barred) & (barred < end)
        allowed[:, barred[mine] - first, positions[mine]] = NO_OPINION
        blocks.append(_best(allowed, np.array(sizes), live))
    items, found = (np.concatenate(parts, axis=1) for parts in zip(*blocks, strict=True))
    return [Candidates(one[:, :n], theirs[:, :n]) for one, theirs, n in zip(items, found, sizes, strict=True)]


def _best(scores: Floats, sizes: Longs, live: LiveArticles) -> tuple[Ints, Floats]:
    """The articles of the largest scores, and these; shape (retrievers, batch, live) to (retrievers, batch, most)."""
    retrievers, batch, articles = scores.shape
    places, there = largest(scores.reshape(retrievers * batch, articles), sizes.repeat(batch))
    items = np.where(there, live.items.take(places % max(articles, 1), mode="clip"), PAD)
    found = np.where(there, scores.take(places, mode="clip"), NO_OPINION)
    shape = retrievers, batch, places.shape[1]
    return items.reshape(shape), found.reshape(shape)


@memoized
def _barred(live: LiveArticles, visitors: Visitors) -> tuple[Longs, Ints]:
    """The visitors and the live articles that may not be listed for them, shapes (any,)."""
    positions = live.position.take(visitors.barred & ITEM_MASK)
    barred = positions != PAD
    return visitors.barred[barred] >> 32, positions[barred]
