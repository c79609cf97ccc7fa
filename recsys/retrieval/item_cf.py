"""Item-to-item CF: what is read after what, as of now, asked from the visitor's last clicks."""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import cached_property

import numpy as np
from scipy.sparse import csr_matrix

from recsys.data.clicklog import ClickLog, Clicks, Histories, ranges
from recsys.domain import DAY, HOUR, NOTHING, Doubles, Floats, Ints, Longs, Visitors, pair_keys
from recsys.once import once, recently
from recsys.retrieval import session_knn
from recsys.retrieval.base import NO_OPINION, Arrays, Report, Retriever, smoothed
from recsys.retrieval.counts import DecayedCounts
from recsys.retrieval.live import LiveArticles
from recsys.retrieval.session_knn import RecentSessions, SessionNeighbours

HALF_LIVES = (0.15, 0.5, 2.0, 12.0)
"""Of the counts, in hours. Longer ones and the way back (what was read before) find less on the real log."""
TWO_HOURS = HALF_LIVES.index(2.0)
CHANNEL_WEIGHTS = np.array([0.0, 0.5, 0.5, 0.0])
"""What each count's share weighs in the list; the reranker sees them all."""
FLOOR = 0.03
MEMORY = 3 * DAY
"""``fit`` counts this far back: what is older has decayed under the floor."""
FARTHEST = 6
"""Two clicks of a session count as a pair up to this many steps apart."""
STEP_DAMPING = 0.9
PAIRS_WITHIN = 4 * HOUR
"""Clicks of one session count as a pair up to this long apart: a bound on what has to be remembered."""
PSEUDO_CLICKS = 8.0
"""Damps the shares of articles that few were seen to read on from."""
SECTION_PSEUDO_CLICKS = 50.0
"""A section with this many recent follow-up clicks counts as much as all sections together."""

ASKED = 8
"""How many of a visitor's last clicks are asked from."""
RECENCY_DAMPING = 0.5
"""How much less each earlier click counts."""
FORGETTING = 8.0
"""Half-life, in hours, of a visitor's click as a question."""
KNN_WEIGHT = 1.0
"""What session kNN's shares count beside those of co-visitation."""


@dataclass(frozen=True)
class ItemCF(Retriever):
    """Decayed, directed co-visitation: rows are the article read before.

    ``recent`` holds the sessions of the last day: later clicks may continue them, and they are the neighbours of
    session kNN.
    """

    name = "item_cf"
    label = "Item-to-item CF"
    list_size = 300

    counts: DecayedCounts
    recent: RecentSessions

    @classmethod
    def fit(cls, log: ClickLog, live: LiveArticles, report: Report) -> ItemCF:
        """Count the last days; there is nothing to learn."""
        start = live.moment - MEMORY
        empty = cls(live, DecayedCounts.start(HALF_LIVES, start, FLOOR), RecentSessions.empty())
        return empty.advance(log.clicks.between(start, live.moment), log.histories, live)

    def advance(self, clicks: Clicks, histories: Histories, live: LiveArticles) -> ItemCF:
        """Count the new clicks' pairs with the clicks before them in their sessions."""
        known = self.recent.joined(clicks)
        before, after, weights = pairs(known, len(self.recent))
        keys = pair_keys(known.items[before], known.items[after])
        counts = self.counts.advance(keys, known.times[after], weights[None, :], live.moment)
        return ItemCF(live, counts, known.since(live.moment - session_knn.MEMORY))

    def scores(self, visitors: Visitors) -> Floats:
        """Shares by co-visitation and by session kNN, from the last clicks, the latest counting most."""
        if not visitors.have_read.any():
            return np.full((len(visitors), len(self.live.items)), NO_OPINION)
        scores = self._co_visited(self._asked(visitors)) + KNN_WEIGHT * self.neighbours_read(visitors)
        return np.where(scores > 0, scores, NO_OPINION)

    @once
    def neighbours_read(self, visitors: Visitors) -> Floats:
        """The shares of session kNN alone, shape (batch, live)."""
        if not visitors.have_read.any():
            return np.zeros((len(visitors), len(self.live.items)), np.float32)
        return self._neighbours.shares(self._asked(visitors))

    def transitions(self, read: Ints, rows: Ints, items: Ints) -> Doubles:
        """The share of each channel among those who go on from an article read; ``rows`` tells from which each item.

        Shapes (n,), (pairs,), (pairs,) to (channels, pairs).
        """
        totals = self.counts.totals_of(read) + PSEUDO_CLICKS
        return np.asarray(self.counts.lookup(read[rows], items) / totals[:, rows])

    @cached_property
    def arrivals(self) -> Doubles:
        """How often readers came to each live article from another one, those 2 h ago counting half; shape (live,)."""
        return self._by_live(self.counts.items, self.counts.values[TWO_HOURS] * self.counts.scale()[TWO_HOURS])

    @cached_property
    def departures(self) -> Doubles:
        """How often readers of each live article went on to another one, counted the same way; shape (live,)."""
        sources, totals = self.counts.totals
        return self._by_live(sources, totals[TWO_HOURS])

    def _by_live(self, items: Ints | Longs, values: Doubles) -> Doubles:
        """The values summed by live article, shape (live,)."""
        positions = self.live.position[items]
        live = positions != NOTHING
        return np.bincount(positions[live], values[live], len(self.live.items)).astype(float, copy=False)

    def section_lift(self, sections: Ints, positions: Ints) -> Doubles:
        """How many times as often readers of a section go on to a live article as all readers do, smoothed."""
        asked, which = np.unique(sections, return_inverse=True)
        lifts = [self._lifts_from(section) for section in asked.tolist()]
        return np.array(lifts).reshape(len(asked), len(self.live.items))[which, positions]

    @recently(64)
    def _lifts_from(self, section: int) -> Doubles:
        """Each live article's lift for readers of one section, -1 for the unknown one; shape (live,)."""
        cells, clicks, overall = self._from_sections
        size = len(self.live.items)
        first, last = np.searchsorted(cells, [(section + 1) * size, (section + 2) * size])
        counted = np.bincount(cells[first:last] - (section + 1) * size, clicks[first:last], size)
        return np.asarray(smoothed(counted, counted.sum(), overall, SECTION_PSEUDO_CLICKS) / overall)

    @cached_property
    def _from_sections(self) -> tuple[Longs, Doubles, Doubles]:
        """Follow-up clicks by section of the article before, as the cells of a table of sections by live articles.

        Returns:
            The cells that have any, ascending, with the unknown section as the table's first row, and their clicks,
            shapes (cells,); each live article's share of all of them, shape (live,).
        """
        positions = self.live.position[self.counts.items]
        live = positions != NOTHING
        size = len(self.live.items)
        section = self.live.articles.sections[self.counts.keys[live] >> 32].astype(np.int64)
        values = self.counts.values[TWO_HOURS, live] * self.counts.scale()[TWO_HOURS]
        table = np.bincount((section + 1) * size + positions[live], values)
        cells: Longs = np.flatnonzero(table)
        clicks = np.asarray(table[cells], np.float64)
        overall = np.bincount(cells % size, clicks, size) + 1e-3
        return cells, clicks, np.asarray(overall / overall.sum())

    def state(self) -> Arrays:
        """The counts and the recent sessions."""
        recent = {f"recent_{column.name}": getattr(self.recent, column.name) for column in fields(self.recent)}
        return {**self.counts.state(""), **recent}

    @classmethod
    def restore(cls, state: Arrays, live: LiveArticles) -> ItemCF:
        """Counts at ``live.moment``."""
        counts = DecayedCounts.restore(state, "", live.moment, FLOOR)
        recent = RecentSessions(*(state[f"recent_{column.name}"] for column in fields(RecentSessions)))
        return cls(live, counts, recent)

    @cached_property
    def _neighbours(self) -> SessionNeighbours:
        return SessionNeighbours.index(self.recent, self.live)

    @once
    def _asked(self, visitors: Visitors) -> csr_matrix:
        """The weight of each article that the visitors are asked from, shape (batch, articles)."""
        asked = visitors.items[:, :ASKED]
        hours = (visitors.as_of[:, None] - visitors.times[:, :ASKED]) / HOUR
        weights = RECENCY_DAMPING ** np.arange(asked.shape[1]) * np.exp2(-hours / FORGETTING)
        known = asked != NOTHING
        starts = np.append(0, np.cumsum(known.sum(axis=1)))
        shape = (len(visitors), len(self.live.articles))
        matrix = csr_matrix((weights[known].astype(np.float32), asked[known], starts), shape)
        matrix.sum_duplicates()
        return matrix

    def _co_visited(self, asked: csr_matrix) -> Floats:
        """Shape (batch, articles) to (batch, live)."""
        sources = np.unique(asked.indices)
        of, items, counted = self.counts.rows(sources.astype(np.int64))
        totals = np.stack([np.bincount(of, channel, len(sources)) for channel in counted])
        shares = counted / (totals[:, of] + PSEUDO_CLICKS)
        strength = (CHANNEL_WEIGHTS @ shares).astype(np.float32)
        positions = self.live.position[items]
        known = positions != NOTHING
        strength, positions = strength[known], positions[known]
        bounds = np.searchsorted(of[known], np.arange(len(sources) + 1))
        source = np.searchsorted(sources, asked.indices)
        entries, question = ranges(bounds[source], bounds[source + 1])
        visitor = np.repeat(np.arange(asked.shape[0]), np.diff(asked.indptr))
        width = len(self.live.items)
        scores = np.zeros(asked.shape[0] * width, np.float32)
        np.add.at(scores, visitor[question] * width + positions[entries], asked.data[question] * strength[entries])
        return scores.reshape(asked.shape[0], width)


def pairs(clicks: RecentSessions, already_counted: int = 0) -> tuple[Longs, Longs, Doubles]:
    """The pairs that end in a click at or after row ``already_counted``, in the order of that click.

    Returns:
        The rows of the earlier and of the later click, and the weights, shapes (pairs,).
    """
    order = np.argsort(clicks.sessions, kind="stable")
    found = []
    for step in range(1, FARTHEST + 1):
        before, after = order[:-step], order[step:]
        near = (clicks.sessions[before] == clicks.sessions[after]) & (after >= already_counted)
        near &= clicks.times[after] - clicks.times[before] < PAIRS_WITHIN
        near &= clicks.items[after] != clicks.items[before]
        found.append((before[near], after[near], np.full(int(near.sum()), STEP_DAMPING ** (step - 1))))
    before, after, weight = (np.concatenate(column) for column in zip(*found, strict=True))
    # By the later click, then by distance: an order that does not depend on where the log was cut.
    by_time = np.lexsort((-before, after))
    return before[by_time], after[by_time], weight[by_time]
