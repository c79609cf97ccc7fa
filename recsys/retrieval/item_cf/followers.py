"""What was read after a visitor's last clicks: co-visitation, looked up for a batch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np

from recsys.core.arrays import changes, different, ranges
from recsys.core.types import PAD, Doubles, Ints, Longs
from recsys.retrieval.decayed_counts import DecayedCounts
from recsys.retrieval.item_cf.last_clicks import LastClicks
from recsys.retrieval.live_articles import LiveArticles


@dataclass(frozen=True, eq=False)
class Followers:
    """What was read after some articles, one article after the other; arrays of shape (entries,) at the end.

    Attributes:
        articles: ascending, shape (articles,).
        starts: where each one's entries begin, shape (articles + 1,).
        positions: which live article was read next, ``PAD`` for one that is not live. The same may come twice.
        shares: of those who read on, by each channel, shape (channels, entries).
        live: how many articles are.
    """

    articles: Ints
    starts: Longs
    positions: Ints
    shares: Doubles
    live: int

    @classmethod
    def of(cls, articles: Ints, counts: DecayedCounts, live: LiveArticles, pseudo_clicks: float) -> Self:
        """What the counts say of some articles, in any order; ``pseudo_clicks`` damp the shares of few readers."""
        articles = np.unique(articles)
        of, items, counted = counts.parts(articles.astype(np.int64))
        totals = np.array([np.bincount(of, channel, len(articles)) for channel in counted])
        shares = counted / (totals + pseudo_clicks).take(of, axis=1)
        starts = of.searchsorted(np.arange(len(articles) + 1))
        return cls(articles, starts, live.position.take(items), shares, len(live.items))

    def summed(self, clicked: LastClicks, weights: tuple[float, ...]) -> Doubles:
        """The shares after each visitor's clicks, weighted by channel and click, summed; shape (batch, live)."""
        strength = np.zeros(len(self.positions))
        for share, weight in zip(self.shares, weights, strict=True):
            if weight:
                strength += weight * share
        entries, click = self._entries(clicked.items)
        at = self._places(clicked.visitors.take(click), entries)
        counted = clicked.weights.take(click) * strength.take(entries)
        scores = np.bincount(at, counted, clicked.batch * (self.live + 1))
        return np.asarray(scores.reshape(-1, self.live + 1)[:, 1:])

    def after(self, items: Ints) -> AfterLast:
        """The same shares, to be looked up by pairs of one of these articles, or ``PAD``, and a live one."""
        articles, which = different(items)
        entries, of = self._entries(articles)
        at = self._places(of, entries)
        order = at.argsort(kind="stable")
        at = at.take(order)
        first = changes(at).nonzero()[0]
        shares = np.zeros((len(self.shares), 1 + len(first)))
        if len(first):
            np.add.reduceat(self.shares.take(entries.take(order), axis=1), first, axis=1, out=shares[:, 1:])
        columns = np.zeros(len(articles) * (self.live + 1), np.int32)
        columns[at.take(first)] = np.arange(1, len(first) + 1)
        return AfterLast(which * (self.live + 1) + 1, columns, shares)

    def _entries(self, wanted: Ints) -> tuple[Longs, Longs]:
        """The entries of articles, one after the other, and which one's each is; ``PAD`` has none."""
        at = self.articles.searchsorted(wanted)
        return ranges(self.starts[at], self.starts[at + (wanted != PAD)])

    def _places(self, rows: Longs, entries: Longs) -> Longs:
        """Where entries are in a table of rows × (1 + live), laid flat."""
        return np.asarray(rows * (self.live + 1) + self.positions.take(entries) + 1)


@dataclass(frozen=True, eq=False)
class AfterLast:
    """What was read after each visitor's last article, ready for look-ups.

    Attributes:
        starts: where the first live article of a visitor's last one is in ``columns``, shape (batch,).
        columns: the column of each pair in ``shares``, laid flat.
        shares: by channel; the first column is for who has read nothing, and for what nobody went on to.
    """

    starts: Longs
    columns: Ints
    shares: Doubles

    def at(self, rows: Ints, positions: Ints) -> Doubles:
        """The shares of visitors and live articles, shapes (pairs,) to (channels, pairs)."""
        return self.shares.take(self.columns.take(self.starts.take(rows) + positions), axis=1)
