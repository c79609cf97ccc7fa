"""Session kNN: recent sessions that resemble the visitor's last clicks, and what else was read in them.

After V-SkNN (Ludewig & Jannach, "Evaluation of session-based recommendation algorithms", UMUAI 2018), for news: of
each article's sessions only the newest can be neighbours, and a neighbour counts by its age. What it read next after
what both have read counts most (after STAN: Garg et al., "Sequence and time aware neighborhood for session-based
recommendations", SIGIR 2019); what it read before counts little. Neighbours are looked for among the sessions as they
were at the last full minute: to lay them out takes as long as several answers.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Self

import numpy as np
from pydantic import NonNegativeFloat, PositiveFloat, PositiveInt
from scipy.sparse import csr_matrix

from recsys.core.arrays import changes, ranges, stable_order
from recsys.core.settings import PacedHours, Settings, Share, WholePacedHours
from recsys.core.types import HOUR, PAD, Bools, Floats, Ints, Longs
from recsys.data.clicks import Clicks, joined_weights
from recsys.retrieval.live_articles import LiveArticles

LAST_PLACE = 63
"""Later clicks of a session are at this place, from 0, too."""


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
    read_before: Share = 1.0
    """How much an article counts that a neighbour opened before what they share, where one opened after it counts 1."""
    distance_damping: Share = 1.0
    """How much less it counts with every click from there. Both are 1 in sets of before they were thought of."""


@dataclass(frozen=True)
class RecentSessions:
    """The clicks of the last hours, in the order of their times; arrays of shape (clicks,).

    ``order`` is that of ``by_session``, where it is at hand: it is kept up from click to click, not sorted anew.
    """

    items: Ints
    times: Longs
    sessions: Longs
    weights: Floats | None = None
    order: Longs | None = None

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
    def by_session(self) -> Longs:
        """The rows in the order of their sessions; of each session's, in their own."""
        return np.argsort(self.sessions, kind="stable") if self.order is None else self.order

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
        which = slice(first, end)
        weights = None if self.weights is None else self.weights[which]
        order = self.by_session[(self.by_session >= first) & (self.by_session < end)] - first
        return RecentSessions(self.items[which], self.times[which], self.sessions[which], weights, order)

    def by_newness(self, articles: int) -> tuple[Longs, Longs, Longs, Longs]:
        """Each article of each session once, by session and article, with the sessions numbered from the newest on.

        Returns:
            The number of the session, the article, and at which click of the session it was opened first, from 0 and
            up to ``LAST_PLACE``, shape (pairs,); and when each session ended, ms, (sessions,).
        """
        ids = self.sessions[self.by_session]
        starts = np.flatnonzero(changes(ids))
        ends = np.append(starts[1:], len(ids))[: len(starts)]
        ended = self.times[self.by_session[ends - 1]]
        newest_first = np.argsort(-ended, kind="stable")
        rows, numbers = ranges(starts[newest_first], ends[newest_first])
        places = np.minimum(rows - starts[newest_first][numbers], LAST_PLACE)
        keys = (numbers * articles + self.items[self.by_session[rows]]) * (LAST_PLACE + 1) + places
        keys.sort(kind="stable")  # sorted but for the articles of one session: a fifth of what another sort takes
        pairs, places = np.divmod(keys, LAST_PLACE + 1)
        first = changes(pairs)
        sessions, items = np.divmod(pairs[first], articles)
        return sessions, items, places[first], ended[newest_first]


@dataclass(frozen=True)
class SessionNeighbours:
    """Sessions as matrices, ready for look-ups.

    Attributes:
        settings: which sessions are neighbours.
        of_articles: the newest sessions of each article, shape (articles, sessions).
        places: at which click of each of these the article was opened, from 1; same shape.
        read: the articles of each session, each row weighted by what the session counts; (sessions, articles).
        read_places: at which click of its session each was opened, from 1; shape (pairs,), in the order of ``read``.
        by_steps: what an article counts that is so many clicks after what is shared; from ``-LAST_PLACE`` on.
    """

    settings: SessionKNNSettings
    of_articles: csr_matrix
    places: csr_matrix
    read: csr_matrix
    read_places: Floats
    by_steps: Floats

    @classmethod
    def index(cls, settings: SessionKNNSettings, recent: RecentSessions, moment: int, articles: int) -> Self:
        """Lay out the sessions by how new they are."""
        sessions, items, clicks_before, ended = recent.by_newness(articles)
        read_places = places = (clicks_before + 1).astype(np.float32)
        away = np.arange(-LAST_PLACE, LAST_PLACE + 1)
        by_steps = settings.distance_damping ** np.abs(away) * np.where(away > 0, 1.0, settings.read_before)
        lengths = np.bincount(sessions, minlength=len(ended))
        ages = (moment - ended) / HOUR
        weights = (np.exp2(-ages / settings.half_life) * lengths**-settings.length_damping).astype(np.float32)
        starts = np.append(0, np.cumsum(lengths))
        read = csr_matrix((weights[sessions], items, starts), (len(ended), articles))

        several = lengths[sessions] > 1  # a session with one article leads nowhere
        sessions, items, places = sessions[several], items[several], places[several]
        by_article = stable_order(items)
        sessions, items, places = sessions[by_article], items[by_article], places[by_article]
        known = np.bincount(items, minlength=articles)  # sessions of each article
        newest = np.arange(len(items)) - (np.cumsum(known) - known)[items] < settings.newest_sessions
        starts = np.append(0, np.cumsum(np.minimum(known, settings.newest_sessions)))
        ones = np.ones(starts[-1], np.float32)
        shape = (articles, len(ended))
        of_articles = csr_matrix((ones, sessions[newest], starts), shape)
        of_places = csr_matrix((places[newest], sessions[newest], starts), shape)
        return cls(settings, of_articles, of_places, read, read_places, by_steps.astype(np.float32))

    def shares(self, clicked: csr_matrix, live: LiveArticles) -> Floats:
        """How much of the neighbours' reading each live article is; a row sums up to 1, or 0 without neighbours.

        ``clicked`` holds the weights of the visitors' last clicks. Shapes (batch, articles) to (batch, live).
        """
        laid_out = self.of_articles.shape[0]
        if clicked.shape[1] > laid_out:  # articles that came since then: nobody has gone on from them
            clicked = clicked[:, :laid_out]
        neighbours = clicked @ self.of_articles
        # Where they share articles; on average, and the visitor's last click counts most.
        shared = np.rint((clicked @ self.places).data / np.maximum(neighbours.data, np.finfo(np.float32).tiny))
        similarity = neighbours.data**self.settings.sharpness
        starts, of_visitor = self.read.indptr, np.repeat(np.arange(clicked.shape[0]), np.diff(neighbours.indptr))
        entries, neighbour = ranges(starts[neighbours.indices], starts[neighbours.indices + 1])
        steps = (self.read_places[entries] - shared[neighbour]).astype(np.int64)
        counted = self.read.data[entries] * similarity[neighbour] * self.by_steps[steps + LAST_PLACE]
        positions, visitors = live.position[self.read.indices[entries]], of_visitor[neighbour]
        known = positions != PAD
        width = len(live.items)
        scores = np.bincount((visitors * width + positions)[known], counted[known], clicked.shape[0] * width)
        scores = scores.reshape(clicked.shape[0], width)
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
