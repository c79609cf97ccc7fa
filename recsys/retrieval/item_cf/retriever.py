"""Item-to-item CF: what is read after what, as of now, looked up from the visitor's last clicks."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Self

import numpy as np

from recsys.core.arrays import contains, from_tables, pair_keys, smoothed
from recsys.core.batches import Visitors
from recsys.core.caching import memoized, memoized_lru
from recsys.core.progress import Report
from recsys.core.timestamps import full_minute
from recsys.core.types import HOUR, PAD, Arrays, Doubles, Floats, Ints
from recsys.data.click_log import ClickLog
from recsys.data.clicks import Clicks
from recsys.data.histories import Histories
from recsys.retrieval.base import NO_OPINION, Retriever
from recsys.retrieval.count_table import CountTable
from recsys.retrieval.decayed_counts import DecayedCounts
from recsys.retrieval.item_cf.followers import AfterLast, Followers
from recsys.retrieval.item_cf.last_clicks import LastClicks
from recsys.retrieval.item_cf.pairs import pairs
from recsys.retrieval.item_cf.session_knn import RecentSessions, SessionsOfMinute
from recsys.retrieval.item_cf.settings import ItemCFSettings
from recsys.retrieval.late_clicks import LateClicks
from recsys.retrieval.live_articles import LiveArticles


@dataclass(frozen=True)
class ItemCF(Retriever[ItemCFSettings]):
    """Decayed, directed co-visitation: rows are the article read before.

    ``recent`` holds the sessions of the last day: later clicks may continue them, and they are the neighbours of
    session kNN.
    """

    name = "item_cf"
    Settings = ItemCFSettings

    counts: DecayedCounts
    recent: RecentSessions
    of_minute: SessionsOfMinute

    @classmethod
    def start(cls, settings: ItemCFSettings, live: LiveArticles, counts: DecayedCounts, recent: RecentSessions) -> Self:
        """These counts and sessions, at ``live.moment``."""
        minute = full_minute(live.moment)
        sessions = SessionsOfMinute(settings.session_knn, recent.before(minute), minute, len(live.articles))
        return cls(settings, live, counts, recent, sessions)

    @classmethod
    def fit(cls, settings: ItemCFSettings, log: ClickLog, live: LiveArticles, report: Report) -> ItemCF:
        """Count the last days; there is nothing to learn."""
        start = live.moment - settings.memory_hours * HOUR
        counts = DecayedCounts.start(settings.half_lives, start, settings.floor)
        empty = cls.start(settings, live, counts, RecentSessions.empty())
        found = empty.advance(log.clicks.between(start, live.moment), log.histories, live)
        return cls.start(settings, live, found.counts, found.recent)  # the sessions of this minute, too

    def advance(self, clicks: Clicks, histories: Histories, live: LiveArticles) -> ItemCF:
        """Count the new clicks' pairs with the clicks before them in their sessions."""
        known = self.recent.joined(clicks)
        before, after, weights = pairs(self.settings, known, len(self.recent))
        keys = pair_keys(known.items[before], known.items[after])
        counts = self.counts.advance(keys, known.times[after], weights[None, :], live.moment)
        minute = full_minute(live.moment)
        recent = known.since(minute - self.settings.session_knn.memory_hours * HOUR)
        if minute == self.of_minute.minute:
            return replace(self, live=live, counts=counts, recent=recent)
        return self.start(self.settings, live, counts, recent)

    def recounted(self, known: Self, clicks: LateClicks, histories: Histories, live: LiveArticles) -> Self:
        """Count anew the pairs of the sessions that have a late click."""
        all_clicks = self.recent.joined(clicks.since)
        before, after, weights = pairs(self.settings, all_clicks, len(self.recent))
        keys = pair_keys(all_clicks.items[before], all_clicks.items[after])
        # Without the late clicks others were neighbours: whoever is that many steps farther apart.
        farther = self.settings.model_copy(update={"max_steps": self.settings.max_steps + len(clicks.late)})
        sessions = all_clicks.only(contains(np.unique(clicks.late.sessions), all_clicks.sessions))
        a, b, _ = pairs(farther, sessions)
        touched = np.unique(pair_keys(sessions.items[a], sessions.items[b]))
        counts = self.counts.recounted(known.counts, touched, keys, all_clicks.times[after], weights[None, :])
        recent = all_clicks.since(full_minute(live.moment) - self.settings.session_knn.memory_hours * HOUR)
        return self.start(self.settings, live, counts, recent)

    def bare(self) -> Self:
        """The same without what is laid out for look-ups, which other moments of its hour or minute share."""
        return replace(self, counts=self.counts.bare(), of_minute=replace(self.of_minute))

    def scores(self, visitors: Visitors) -> Floats:
        """Shares by co-visitation and by session kNN, from the last clicks, the latest counting most."""
        if visitors.all_new:
            return np.full((len(visitors), len(self.live.items)), NO_OPINION)
        weight = self.settings.session_knn_weight
        co_visited = self._followers(visitors).summed(self._last_clicks(visitors), self.settings.list_weights)
        scores = (co_visited + weight * self.neighbours_read(visitors)).astype(np.float32)
        scores[scores <= 0] = NO_OPINION
        return scores

    @memoized
    def neighbours_read(self, visitors: Visitors) -> Floats:
        """The shares of session kNN alone, shape (batch, live)."""
        if visitors.all_new:
            return np.zeros((len(visitors), len(self.live.items)), np.float32)
        return self.of_minute.neighbours.shares(self._last_clicks(visitors), self.live)

    def transitions(self, visitors: Visitors, rows: Ints, positions: Ints) -> Doubles:
        """The share of each channel among those who went on from a visitor's last article to a live one.

        ``rows`` and ``positions`` say which visitor and which article, shapes (pairs,) to (channels, pairs).
        """
        return self._after_last(visitors).at(rows, positions)

    @cached_property
    def arrivals(self) -> Doubles:
        """How often readers came to each live article from another one, by the reference half-life; shape (live,)."""
        articles = len(self.live.articles)
        return self.counts.sums_by_item(self.settings.reference_channel, articles)[self.live.items]

    @cached_property
    def departures(self) -> Doubles:
        """How often readers of each live article went on to another one, counted the same way; shape (live,)."""
        articles = len(self.live.articles)
        return self.counts.sums_by_row(self.settings.reference_channel, articles)[self.live.items]

    def section_log_lift(self, sections: Ints, rows: Ints, positions: Ints) -> Doubles:
        """The logarithm of how many times as often readers of a section go on to a live article as all readers do.

        ``sections`` are the visitors', shape (batch,); shapes (pairs,), (pairs,) to (pairs,).
        """
        return from_tables(self._log_lifts_from, sections.tolist(), rows, positions)

    @memoized_lru(64)
    def _log_lifts_from(self, section: int) -> Doubles:
        """That of each live article for readers of one section, -1 for the unknown one, smoothed; shape (live,)."""
        settled, fresh, channel = self.counts.settled, self.counts.fresh, self.settings.reference_channel
        sections = self.live.articles.sections
        flows = _by_section(settled, channel, sections)
        first, last = np.searchsorted(flows.sections, [section, section + 1])
        late = sections[fresh.rows] == section
        items = np.append(flows.items[first:last], fresh.items[late])
        counts = np.append(flows.counts[first:last], self.counts.since_settled[channel][late])
        positions = self.live.position[items]
        known = positions != PAD
        scale = self.counts.scale[channel]
        counted = np.bincount(positions[known], counts[known] * scale, len(self.live.items))
        overall = self.arrivals + 1e-3
        overall = overall / overall.sum()
        share = smoothed(counted, counted.sum(), overall, self.settings.section_pseudo_clicks)
        return np.log(share / overall)

    def state(self) -> Arrays:
        """The counts and the recent sessions."""
        columns = ("items", "times", "sessions", *(() if self.recent.weights is None else ("weights",)))
        return {**self.counts.state(""), **{f"recent_{name}": getattr(self.recent, name) for name in columns}}

    @classmethod
    def restore(cls, settings: ItemCFSettings, state: Arrays, live: LiveArticles) -> ItemCF:
        """Counts at ``live.moment``."""
        counts = DecayedCounts.restore(state, "", live.moment, settings.floor)
        items, times, sessions = (state[f"recent_{name}"] for name in ("items", "times", "sessions"))
        recent = RecentSessions(items, times, sessions, state.get("recent_weights"))
        return cls.start(settings, live, counts, recent)

    @memoized
    def _last_clicks(self, visitors: Visitors) -> LastClicks:
        how = self.settings
        return LastClicks.of(visitors, how.source_clicks, how.recency_damping, how.click_half_life)

    @memoized
    def _followers(self, visitors: Visitors) -> Followers:
        """What was read after the visitors' last clicks."""
        return Followers.of(self._last_clicks(visitors).items, self.counts, self.live, self.settings.pseudo_clicks)

    @memoized
    def _after_last(self, visitors: Visitors) -> AfterLast:
        return self._followers(visitors).after(visitors.items[:, 0])


@dataclass(frozen=True)
class SectionFlows:
    """Follow-up clicks in the order of the section of the article before; arrays of shape (pairs,) at the end."""

    sections: Ints
    items: Ints
    counts: Doubles


def _by_section(settled: CountTable, channel: int, sections: Ints) -> SectionFlows:
    """A table of counts, laid out once: the sections of the articles in it never change."""

    def lay_out() -> SectionFlows:
        of = sections[settled.rows]
        order = np.argsort(of, kind="stable")
        return SectionFlows(of[order], settled.items[order], settled.values[channel, order])

    return settled.once("by section", lay_out)
