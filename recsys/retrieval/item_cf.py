"""Item-to-item CF: what is read after what, as of now, asked from the visitor's last clicks."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from recsys.data.clicklog import ClickLog, Clicks, Histories
from recsys.domain import DAY, HOUR, NOTHING, Doubles, Floats, Ints, Longs, Visitors
from recsys.retrieval.base import NO_OPINION, Arrays, Report, Retriever
from recsys.retrieval.counts import DecayedCounts
from recsys.retrieval.live import LiveArticles

CHANNELS = ("forward, 2 h", "forward, 12 h", "backward, 2 h", "backward, 12 h")
HALF_LIVES = (2.0, 12.0, 2.0, 12.0)
CHANNEL_WEIGHTS = np.array([1.0, 1.0, 0.7, 0.7])
FLOOR = 0.03
MEMORY = 3 * DAY
"""``fit`` counts this far back: what is older has decayed under the floor."""
FARTHEST = 6
"""Two clicks of a session count as a pair up to this many steps apart."""
STEP_DAMPING = 0.9
PAIRS_WITHIN = 4 * HOUR
"""Clicks of one session count as a pair up to this long apart: a bound on what has to be remembered."""
PSEUDO_CLICKS = 3.0
"""Damps the shares of articles that few were seen to read on from."""

ASKED = 8
"""How many of a visitor's last clicks are asked from."""
RECENCY_DAMPING = 0.55
"""How much less each earlier click counts."""
FORGETTING = 8.0
"""Half-life, in hours, of a visitor's click as a question."""


@dataclass(frozen=True)
class ItemCF(Retriever):
    """Decayed, directed co-visitation: rows are the article read before (or, backward, after).

    ``open`` holds the clicks of the last hours: the sessions that later clicks may continue.
    """

    name = "item_cf"
    label = "Item-to-item CF"
    list_size = 300

    counts: DecayedCounts
    open: Clicks

    @classmethod
    def fit(cls, log: ClickLog, live: LiveArticles, report: Report) -> ItemCF:
        """Count the last days; there is nothing to learn."""
        start = live.moment - MEMORY
        empty = cls(live, DecayedCounts.start(HALF_LIVES, start, FLOOR), Clicks.empty())
        return empty.advance(log.clicks.between(start, live.moment), log.histories, live)

    def advance(self, clicks: Clicks, histories: Histories, live: LiveArticles) -> ItemCF:
        """Count the new clicks' pairs with the clicks before them in their sessions."""
        known = self.open.joined(clicks)
        keys, times, weights = _pairs(known, len(self.open))
        counts = self.counts.advance(keys, times, weights, live.moment)
        return ItemCF(live, counts, known.between(live.moment - PAIRS_WITHIN, None))

    def scores(self, visitors: Visitors) -> Floats:
        """The shares of the articles read after (and before) the last clicks, the latest counting most."""
        batch, live = len(visitors), len(self.live.items)
        asked = visitors.items[:, :ASKED]
        hours = (visitors.as_of[:, None] - visitors.times[:, :ASKED]) / HOUR
        weights = RECENCY_DAMPING ** np.arange(asked.shape[1]) * np.exp2(-hours / FORGETTING)
        rows, places = np.nonzero(asked != NOTHING)
        sources, which = np.unique(asked[rows, places], return_inverse=True)
        of, items, counted = self.counts.rows(sources.astype(np.int64))
        strength = self._strength(of, counted, len(sources))
        positions = self.live.position[items]
        kept = positions != NOTHING
        of, positions, strength = of[kept], positions[kept], strength[kept]

        # One small dense matrix of the asked articles, then a weighted sum of its rows for each visitor.
        table = np.zeros((len(sources), live), np.float32)
        table[of, positions] = strength
        scores = np.zeros((batch, live), np.float32)
        for step in range(asked.shape[1]):
            now = places == step
            scores[rows[now]] += weights[rows[now], step, None].astype(np.float32) * table[which[now]]
        return np.where(scores > 0, scores, NO_OPINION)

    def transitions(self, sources: Ints, items: Ints) -> Doubles:
        """The share of each channel for single pairs (article read, article proposed), shape (channels, n)."""
        rows, totals = self.counts.totals
        if len(rows) == 0:
            return np.zeros((len(CHANNELS), len(items)))
        at = np.minimum(np.searchsorted(rows, sources), len(rows) - 1)
        total = np.where(rows[at] == sources, totals[:, at], 0.0)
        return np.asarray(self.counts.lookup(sources, items) / (total + PSEUDO_CLICKS))

    def state(self) -> Arrays:
        """The counts, and the sessions that are still open."""
        opened = {f"open_{name}": getattr(self.open, name) for name in _OPEN_COLUMNS}
        return {**self.counts.state(""), **opened}

    @classmethod
    def restore(cls, state: Arrays, live: LiveArticles) -> ItemCF:
        """Counts at ``live.moment``."""
        counts = DecayedCounts.restore(state, "", live.moment, FLOOR)
        opened = Clicks(**{name: state[f"open_{name}"] for name in _OPEN_COLUMNS})
        return cls(live, counts, opened)

    @staticmethod
    def _strength(of: Longs, counted: Doubles, sources: int) -> Floats:
        totals = np.stack([np.bincount(of, channel, sources) for channel in counted])
        shares = counted / (totals[:, of] + PSEUDO_CLICKS)
        return np.asarray(CHANNEL_WEIGHTS @ shares / CHANNEL_WEIGHTS.sum(), np.float32)


_OPEN_COLUMNS = ("users", "items", "times", "sessions", "contexts")


def _pairs(clicks: Clicks, already_counted: int) -> tuple[Longs, Longs, Doubles]:
    """The pairs that end in a click at or after row ``already_counted``, in the order of that click.

    Returns:
        Keys ``source << 32 | target``, times of the later click, and weights, shape (channels, pairs): each pair
        comes once as read (forward channels) and once turned round (backward channels).
    """
    order = clicks.by_session()
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
    before, after, weight = before[by_time], after[by_time], weight[by_time]
    first, second = clicks.items[before].astype(np.int64), clicks.items[after].astype(np.int64)
    keys = np.stack([(first << 32) + second, (second << 32) + first], axis=1).ravel()
    forward = np.tile([1.0, 0.0], len(weight)) * np.repeat(weight, 2)
    backward = np.tile([0.0, 1.0], len(weight)) * np.repeat(weight, 2)
    return keys, np.repeat(clicks.times[after], 2), np.stack([forward, forward, backward, backward])
