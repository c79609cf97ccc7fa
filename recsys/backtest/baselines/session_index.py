"""Past sessions, ready to be compared with a visitor's: what all session kNNs look up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np

from recsys.core.arrays import changes, ranges
from recsys.core.types import Ints, Longs
from recsys.retrieval.item_cf.session_knn import RecentSessions


@dataclass(frozen=True, eq=False)
class SessionIndex:
    """Sessions numbered from the newest on; an article counts once in a session, at its last place.

    Attributes:
        ended: when each session's last click was, ms, shape (sessions,).
        sessions: those of each article, article after article, the newest first; shape (pairs,).
        article_starts: where each article's are in ``sessions``, shape (articles + 1,).
        items: the articles of each session, session after session, shape (pairs,).
        places: at which click of its session each was opened last, from 1; shape (pairs,).
        session_starts: where each session's are in ``items``, shape (sessions + 1,).
    """

    ended: Longs
    sessions: Longs
    article_starts: Longs
    items: Ints
    places: Longs
    session_starts: Longs

    @classmethod
    def of(cls, recent: RecentSessions, articles: int) -> Self:
        """Of these clicks, with so many articles in the catalogue."""
        order = recent.by_session
        is_first = changes(recent.sessions[order])
        starts = np.flatnonzero(is_first)
        lengths = np.diff(np.append(starts, len(order)))
        place = np.arange(1, len(order) + 1) - starts.repeat(lengths)
        ended = recent.times[order[starts + lengths - 1]]
        number = np.empty(len(starts), np.int64)
        number[np.argsort(-ended, kind="stable")] = np.arange(len(starts))
        keys = number.repeat(lengths) * articles + recent.items[order]
        in_order = np.argsort(keys, kind="stable")
        last = np.flatnonzero(np.roll(changes(keys[in_order]), -1))  # of one article in one session
        sessions, items = np.divmod(keys[in_order[last]], articles)
        by_article = np.argsort(items, kind="stable")
        return cls(
            ended=-np.sort(-ended),
            sessions=sessions[by_article],
            article_starts=np.searchsorted(items[by_article], np.arange(articles + 1)),
            items=items.astype(np.int32),
            places=place[in_order[last]],
            session_starts=np.searchsorted(sessions, np.arange(len(starts) + 1)),
        )

    def sharing(self, articles: Ints, sample: int) -> tuple[Longs, Longs, Longs]:
        """The newest ``sample`` sessions that have one of some articles.

        Returns:
            Their numbers, shape (found,); and for each article that one has, which of them it is, and which article.
        """
        flat, which = ranges(self.article_starts[articles], self.article_starts[articles + 1])
        found, at = np.unique(self.sessions[flat], return_inverse=True)
        newest = at < sample
        return found[:sample], at[newest], which[newest]

    def articles_of(self, sessions: Longs) -> tuple[Ints, Longs, Longs]:
        """The articles of some sessions, one after the other: the article, its place, and which session has it."""
        flat, which = ranges(self.session_starts[sessions], self.session_starts[sessions + 1])
        return self.items[flat], self.places[flat], which


def last_steps(read: Ints) -> tuple[Ints, Longs]:
    """The different articles of a session, given oldest first, and how many steps ago each was opened last."""
    return np.unique(read[::-1], return_index=True)
