"""Session kNN: recent sessions that resemble the visitor's last clicks, and what else was read in them.

After V-SkNN (Ludewig & Jannach, "Evaluation of session-based recommendation algorithms", UMUAI 2018), for news: of
each article's sessions only the newest can be neighbours, and a neighbour counts by its age. Neighbours are looked for
among the sessions as they were at the last full minute: to lay them out takes as long as several answers.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Self

import numpy as np
from pydantic import NonNegativeFloat, PositiveFloat, PositiveInt

from recsys.core.arrays import ITEM_MASK, changes, pair_keys, ranges
from recsys.core.settings import PacedHours, Settings, WholePacedHours
from recsys.core.types import HOUR, Bools, Doubles, Floats, Ints, Longs
from recsys.data.clicks import Clicks, joined_weights
from recsys.retrieval.item_cf.last_clicks import LastClicks
from recsys.retrieval.live_articles import LiveArticles


class SessionKNNSettings(Settings):
    """Which sessions are neighbours, and what they count."""

    memory_hours: WholePacedHours = 24
    """Sessions are known this far back."""
    newest_sessions: PositiveInt = 200
    """How many of an article's sessions can be neighbours: on the real log, 1,000 find worse ones, and 100 too few."""
    sharpness: PositiveFloat = 2.0
    """Exponent of the similarity: a session that shares two articles counts more than two that share one."""
    half_life: PacedHours = 4.0
    """Hours after which a neighbour counts half."""
    length_damping: NonNegativeFloat = 0.6
    """Exponent by which a neighbour with many articles counts less for each."""


@dataclass(frozen=True)
class RecentSessions:
    """The clicks of the last hours, in the order of their times; arrays of shape (clicks,).

    ``order`` is that of ``by_session``, where it is at hand: it is kept up from click to click, not sorted anew.
    """

    items: Ints
    times: Longs
    sessions: Longs
    weights: Floats | None = None
    order: Ints | None = None

    @classmethod
    def empty(cls) -> RecentSessions:
        """No clicks."""
        none = np.empty(0, np.int64)
        return cls(none.astype(np.int32), none, none)

    @classmethod
    def of(cls, clicks: Clicks) -> RecentSessions:
        """Some clicks, in the order of their times."""
        return cls(clicks.items, clicks.times, clicks.sessions, clicks.weights)

    def __len__(self) -> int:
        return len(self.times)

    def joined(self, clicks: Clicks) -> RecentSessions:
        """These clicks and then later ones."""
        new = np.argsort(clicks.sessions, kind="stable")
        at = np.searchsorted(self.sessions[self.by_session], clicks.sessions[new], side="right")
        return RecentSessions(
            np.append(self.items, clicks.items),
            np.append(self.times, clicks.times),
            np.append(self.sessions, clicks.sessions),
            joined_weights(self, clicks),
            np.insert(self.by_session, at, len(self) + new),
        )

    @cached_property
    def by_session(self) -> Ints:
        """The rows in the order of their sessions; of each session's, in their own."""
        if self.order is not None:
            return self.order
        return np.argsort(self.sessions, kind="stable").astype(np.int32)

    def counted(self) -> Floats:
        """How much each click counts, shape (clicks,)."""
        return np.ones(len(self), np.float32) if self.weights is None else self.weights

    def since(self, time: int) -> RecentSessions:
        """The clicks from a moment on."""
        return self._rows(int(np.searchsorted(self.times, time)), len(self))

    def before(self, time: int) -> RecentSessions:
        """The clicks before a moment."""
        return self._rows(0, int(np.searchsorted(self.times, time)))

    def only(self, which: Bools) -> RecentSessions:
        """Some of the clicks."""
        weights = None if self.weights is None else self.weights[which]
        return RecentSessions(self.items[which], self.times[which], self.sessions[which], weights)

    def _rows(self, first: int, end: int) -> RecentSessions:
        if (first, end) == (0, len(self)):
            return self
        which = slice(first, end)
        weights = None if self.weights is None else self.weights[which]
        order = self.by_session[(self.by_session >= first) & (self.by_session < end)] - first
        return RecentSessions(self.items[which], self.times[which], self.sessions[which], weights, order)

    def by_newness(self) -> tuple[Longs, Longs, Longs]:
        """Each article of each session once, by session and article, with the sessions numbered from the newest on.

        Returns:
            The number of the session and the article, shape (pairs,), and when each session ended, ms, (sessions,).
        """
        ids = self.sessions[self.by_session]
        starts = np.flatnonzero(changes(ids))
        ends = np.append(starts[1:], len(ids))[: len(starts)]
        ended = self.times[self.by_session[ends - 1]]
        # To sort keys that say where they come from takes a fifth of what it takes to sort places.
        newest_first = pair_keys(ended.max(initial=0) - ended, np.arange(len(ended)))
        newest_first.sort()
        newest_first &= ITEM_MASK
        rows, numbers = ranges(starts[newest_first], ends[newest_first])
        keys = pair_keys(numbers, self.items[self.by_session[rows]])
        keys.sort()
        keys = keys[changes(keys)]
        return keys >> 32, keys & ITEM_MASK, ended[newest_first]


@dataclass(frozen=True, eq=False)
class SessionNeighbours:
    """Sessions, numbered from the newest on, ready for look-ups.

    Attributes:
        settings: which sessions are neighbours.
        sessions: the newest sessions of each article, one article after the other, ascending.
        of_article: where those of each article begin, shape (articles + 1,).
        items: the articles of each session, one session after the other.
        of_session: where those of each session begin, shape (sessions + 1,).
        weights: what each session counts, shape (sessions,).
    """

    settings: SessionKNNSettings
    sessions: Longs
    of_article: Longs
    items: Longs
    of_session: Longs
    weights: Doubles

    @classmethod
    def index(cls, settings: SessionKNNSettings, recent: RecentSessions, moment: int, articles: int) -> Self:
        """Lay out the sessions by how new they are."""
        sessions, items, ended = recent.by_newness()
        lengths = np.bincount(sessions, minlength=len(ended))
        ages = (moment - ended) / HOUR
        weights = np.exp2(-ages / settings.half_life) * lengths**-settings.length_damping
        of_session = np.append(0, lengths.cumsum())

        several = lengths[sessions] > 1  # a session with one article leads nowhere
        by_article = pair_keys(items[several], sessions[several])
        by_article.sort()
        read, sessions = by_article >> 32, by_article & ITEM_MASK
        known = np.bincount(read, minlength=articles)  # sessions of each article
        newest = np.arange(len(read)) - (known.cumsum() - known)[read] < settings.newest_sessions
        of_article = np.append(0, np.minimum(known, settings.newest_sessions).cumsum())
        return cls(settings, sessions[newest], of_article, items, of_session, weights)

    def shares(self, clicked: LastClicks, live: LiveArticles) -> Floats:
        """How much of the neighbours' reading each live article is; a row sums up to 1, or 0 without neighbours.

        Shape (batch, live).
        """
        laid_out = np.minimum(clicked.items, len(self.of_article) - 2)
        # Of articles that came since then nobody has gone on.
        ends = np.where(laid_out == clicked.items, self.of_article[laid_out + 1], self.of_article[laid_out])
        entries, click = ranges(self.of_article[laid_out], ends)
        pairs = clicked.visitors.take(click) * len(self.weights) + self.sessions.take(entries)
        order = pairs.argsort(kind="stable")  # a few sorted runs: merged
        pairs = pairs.take(order)
        first = changes(pairs).nonzero()[0]
        if not len(first):
            return np.zeros((clicked.batch, len(live.items)), np.float32)
        similar = np.add.reduceat(clicked.weights.take(click.take(order)), first)
        visitor, session = np.divmod(pairs.take(first), len(self.weights))
        strength = similar**self.settings.sharpness * self.weights.take(session)

        entries, neighbour = ranges(self.of_session.take(session), self.of_session.take(session + 1))
        places = len(live.items) + 1  # the first is for what is not live
        at = visitor.take(neighbour) * places + live.position.take(self.items.take(entries)) + 1
        scores = np.bincount(at, strength.take(neighbour), clicked.batch * places).reshape(-1, places)[:, 1:]
        return np.asarray(scores / np.maximum(scores.sum(axis=1, keepdims=True), 1e-12), np.float32)


@dataclass(frozen=True, eq=False)
class SessionsOfMinute:
    """The sessions at a full minute, laid out when somebody asks; all moments of that minute share them."""

    settings: SessionKNNSettings
    recent: RecentSessions
    minute: int
    articles: int

    @cached_property
    def neighbours(self) -> SessionNeighbours:
        """The sessions, ready for look-ups."""
        return SessionNeighbours.index(self.settings, self.recent, self.minute, self.articles)
