"""Which articles are live at a moment, and how old they are."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from pydantic import NonNegativeInt

from recsys.core.arrays import grown, occurrence
from recsys.core.settings import PacedHours, Settings
from recsys.core.types import HOUR, PAD, Doubles, Ints, Longs
from recsys.data.articles import UNDATED, Articles
from recsys.data.clicks import Clicks

NEVER = 0


class LiveArticlesSettings(Settings):
    """Which articles are live."""

    within_hours: PacedHours = 24.0
    """Articles clicked this recently are live: on the real log they receive .969 of the next hour's clicks."""
    at_least: NonNegativeInt = 2_000
    """In a quiet log, the most recently clicked articles fill up to this many."""


@dataclass(frozen=True)
class LiveArticles:
    """When each article was clicked, up to a moment; arrays of shape (articles,), times in ms.

    Attributes:
        settings: which of them are live.
        articles: the catalogue.
        moment: clicks before this are known.
        clicks: how many there were.
        first: the first one, ``NEVER`` where there was none. Some come before publication.
        tenth: the tenth, a better estimate of publication; ``NEVER`` where there were fewer.
        last: the latest.
    """

    settings: LiveArticlesSettings
    articles: Articles
    moment: int
    clicks: Longs
    first: Longs
    tenth: Longs
    last: Longs

    @classmethod
    def start(cls, settings: LiveArticlesSettings, articles: Articles, moment: int) -> LiveArticles:
        """Nothing clicked yet."""
        none = np.zeros(len(articles), np.int64)
        return cls(settings, articles, moment, none, none, none, none)

    def advance(self, clicks: Clicks, to: int) -> LiveArticles:
        """Take in clicks in the order of their times, and move the clock."""
        count, first, tenth, last = (a.copy() for a in (self.clicks, self.first, self.tenth, self.last))
        nth = count[clicks.items] + occurrence(clicks.items) + 1
        first[clicks.items[nth == 1]] = clicks.times[nth == 1]
        tenth[clicks.items[nth == 10]] = clicks.times[nth == 10]
        np.maximum.at(last, clicks.items, clicks.times)
        count += np.bincount(clicks.items, minlength=len(count))
        return replace(self, moment=to, clicks=count, first=first, tenth=tenth, last=last)

    def with_articles(self, articles: Articles) -> LiveArticles:
        """The same with a catalogue that has grown at its end."""
        clicks, first, tenth, last = (
            grown(column, len(articles)) for column in (self.clicks, self.first, self.tenth, self.last)
        )
        return replace(self, articles=articles, clicks=clicks, first=first, tenth=tenth, last=last)

    @cached_property
    def items(self) -> Ints:
        """The live articles, ascending, shape (live,)."""
        clicked = np.flatnonzero(self.last != NEVER)
        times = self.last[clicked]
        at_least = self.settings.at_least
        if at_least == 0:
            enough = self.moment
        else:
            enough = np.partition(times, -at_least)[-at_least] if len(times) > at_least else NEVER
        return clicked[times >= min(self.moment - self.settings.within_hours * HOUR, enough)].astype(np.int32)

    @cached_property
    def position(self) -> Ints:
        """The position of each article in ``items``, ``PAD`` where it is not live. Shape (articles + 1,)."""
        positions = np.full(len(self.articles) + 1, PAD, np.int32)
        positions[self.items] = np.arange(len(self.items))
        return positions

    @cached_property
    def opened(self) -> Longs:
        """When readers could first open each live article, ms, shape (live,)."""
        return self.published(self.items)

    @cached_property
    def newer(self) -> Longs:
        """How many live articles were published later than each, shape (live,)."""
        return len(self.opened) - np.searchsorted(np.sort(self.opened), self.opened, side="right")

    def published(self, items: Ints) -> Longs:
        """When readers could first open each article: from its metadata, else from its first ten clicks."""
        dated = self.articles.published[items]
        seen = np.where(self.tenth[items] != NEVER, self.tenth[items], self.first[items])
        return np.where(dated != UNDATED, dated, seen)

    def age_hours(self, items: Ints, as_of: Longs | int) -> Doubles:
        """Hours since publication, at least 0."""
        return np.maximum(np.asarray(as_of - self.published(items)) / HOUR, 0.0)

    def live_age_hours(self, positions: Ints, as_of: Longs | int) -> Doubles:
        """The same of live articles, by their positions: what they look up is laid out once."""
        return np.maximum(np.asarray(as_of - self.opened[positions]) / HOUR, 0.0)
