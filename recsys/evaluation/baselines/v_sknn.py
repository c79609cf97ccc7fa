"""V-SkNN: the published vector-multiplication session kNN.

Ludewig & Jannach, "Evaluation of session-based recommendation algorithms", UMUAI 2018, as its authors' session-rec
has it, with decays ``div``: of the sessions that share an article with the visitor's, the ``SAMPLE`` newest are
compared; a past session's similarity is the sum of i/n over the shared articles at place i of n, divided by n; the
``NEIGHBOURS`` most similar ones give each of their articles their similarity, divided by how many steps ago the
visitor's newest shared article was.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Self

import numpy as np

from recsys.data.clicklog import ClickLog, Clicks, Histories, ranges
from recsys.domain import DAY, NOTHING, Doubles, Floats, Ints, Longs, Visitors
from recsys.retrieval.base import NO_OPINION, Arrays, Report, Retriever
from recsys.retrieval.live import LiveArticles
from recsys.retrieval.session_knn import RecentSessions

NEIGHBOURS = 200
SAMPLE = 500
"""Chosen on tuning sessions: 500 of 1,000, usual elsewhere, gave .334 NDCG@20 where 150 of 500 gave .341, 250 .338."""
MEMORY = DAY


@dataclass(frozen=True)
class VSkNN(Retriever):
    """The sessions of the last day. Its visitors' histories hold the present session alone."""

    name = "v-sknn"
    label = "V-SkNN"
    list_size = 20

    recent: RecentSessions

    @classmethod
    def fit(cls, log: ClickLog, live: LiveArticles, report: Report) -> Self:
        """Take in the last day."""
        empty = cls(live, RecentSessions.empty())
        return empty.advance(log.clicks.between(live.moment - MEMORY, live.moment), log.histories, live)

    def advance(self, clicks: Clicks, histories: Histories, live: LiveArticles) -> Self:
        """Add the new clicks, and forget those of more than a day ago."""
        return type(self)(live, self.recent.joined(clicks).since(live.moment - MEMORY))

    def scores(self, visitors: Visitors) -> Floats:
        """The sums of the neighbours' similarities."""
        scores = np.full((len(visitors), len(self.live.items)), NO_OPINION, np.float32)
        for row, items in enumerate(visitors.items):
            read = items[items != NOTHING][::-1]
            articles, values = self._score(read)
            scores[row, self.live.position[articles]] = values
        return scores

    def _score(self, read: Ints) -> tuple[Ints, Doubles]:
        """The articles of the neighbours of a session, given oldest first, and what they sum up to."""
        sessions_of, starts, items_of, first_of = self._index
        # An article read twice counts at its later place, in the numerator and in the number of articles.
        newest, steps_ago = np.unique(read[::-1], return_index=True)
        flat, which = ranges(starts[newest], starts[newest + 1])
        sessions = sessions_of[flat]
        candidates, at = np.unique(sessions, return_inverse=True)
        weight = (len(read) - steps_ago) / max(len(read), 1)
        similarity = np.bincount(at, weight[which], len(candidates)) / max(len(newest), 1)
        latest = np.full(len(candidates), len(read))
        np.minimum.at(latest, at, steps_ago[which])
        # Sessions are numbered from the newest on.
        similarity, latest, candidates = similarity[:SAMPLE], latest[:SAMPLE], candidates[:SAMPLE]
        nearest = np.argsort(-similarity, kind="stable")[:NEIGHBOURS]
        flat, neighbour = ranges(first_of[candidates[nearest]], first_of[candidates[nearest] + 1])
        given = (similarity / (latest + 1))[nearest]
        articles, place = np.unique(items_of[flat], return_inverse=True)
        return articles, np.bincount(place, given[neighbour], len(articles)).astype(float)

    def state(self) -> Arrays:
        """The recent clicks."""
        return {"items": self.recent.items, "times": self.recent.times, "sessions": self.recent.sessions}

    @classmethod
    def restore(cls, state: Arrays, live: LiveArticles) -> Self:
        """The sessions at ``live.moment``."""
        return cls(live, RecentSessions(state["items"], state["times"], state["sessions"]))

    @cached_property
    def _index(self) -> tuple[Longs, Longs, Ints, Longs]:
        """The sessions of each article with where they start, and the articles of each session with the same.

        Sessions are numbered from the newest on; an article counts once in a session.
        """
        articles = len(self.live.articles)
        sessions, items, ended = self.recent.by_newness(articles)
        by_article = np.argsort(items, kind="stable")
        starts = np.searchsorted(items[by_article], np.arange(articles + 1))
        return (
            sessions[by_article],
            starts,
            items.astype(np.int32),
            np.searchsorted(sessions, np.arange(len(ended) + 1)),
        )
