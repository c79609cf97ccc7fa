"""Which articles are in play at a moment, and how old they are."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from recsys.data.clicklog import UNDATED, Articles, Clicks, grown
from recsys.domain import HOUR, NOTHING, Doubles, Ints, Longs

WITHIN = 24 * HOUR
"""Articles clicked this recently are live: on the real log they hold .969 of the next hour's clicks."""
AT_LEAST = 2_000
"""In a quiet log, the most recently clicked articles fill up to this many."""
NEVER = 0


@dataclass(frozen=True)
class LiveArticles:
    """When each article was clicked, up to a moment; arrays of shape (articles,), times in ms.

    Attributes:
        articles: the catalogue.
        moment: clicks before this are known.
        clicks: how many there were.
        first: the first one, ``NEVER`` where there was none. Some come before publication.
        tenth: the tenth, the better stand-in for publication; ``NEVER`` where there were fewer.
        last: the latest.
        within: articles clicked this recently are live, ms.
    """

    articles: Articles
    moment: int
    clicks: Longs
    first: Longs
    tenth: Longs
    last: Longs
    within: int = WITHIN

    @classmethod
    def start(cls, articles: Articles, moment: int, within: int = WITHIN) -> LiveArticles:
        """Nothing clicked yet."""
        none = np.zeros(len(articles), np.int64)
        return cls(articles, moment, none, none, none, none, within)

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
        return LiveArticles(articles, self.moment, clicks, first, tenth, last, self.within)

    @cached_property
    def items(self) -> Ints:
        """The live articles, ascending, shape (live,)."""
        clicked = np.flatnonzero(self.last != NEVER)
        times = self.last[clicked]
        enough = np.partition(times, -AT_LEAST)[-AT_LEAST] if len(times) > AT_LEAST else NEVER
        return clicked[times >= min(self.moment - self.within, enough)].astype(np.int32)

    @cached_property
    def position(self) -> Ints:
        """Where each article stands in ``items``, ``NOTHING`` where it is not live. Shape (articles + 1,)."""
        places = np.full(len(self.articles) + 1, NOTHING, np.int32)
        places[self.items] = np.arange(len(self.items))
        return places

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


def occurrence(values: Ints | Longs) -> Longs:
    """How often each value stood earlier in the array: 0 for its first place, 1 for its second, and so on."""
    order = np.argsort(values, kind="stable")
    in_order = values[order]
    new: NDArray[np.bool_] = np.r_[True, in_order[1:] != in_order[:-1]][: len(values)]
    starts = np.maximum.accumulate(np.where(new, np.arange(len(values)), 0)) if len(values) else order
    nth = np.empty(len(values), np.int64)
    nth[order] = np.arange(len(values)) - starts
    return nth
