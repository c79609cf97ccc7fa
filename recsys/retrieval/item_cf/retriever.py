"""Item-to-item CF: what is read after what, as of now, looked up from the visitor's last clicks."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Self

import numpy as np
from pydantic import NonNegativeFloat, NonNegativeInt, PositiveFloat, PositiveInt, model_validator
from scipy.sparse import csr_matrix

from recsys.core.arrays import contains, pair_keys, ranges, smoothed
from recsys.core.batches import Visitors
from recsys.core.caching import memoized, memoized_lru
from recsys.core.progress import Report
from recsys.core.settings import EachPacedHours, PacedHours, Share, WholePacedHours
from recsys.core.timestamps import full_minute
from recsys.core.types import HOUR, PAD, Arrays, Doubles, Floats, Ints, Longs
from recsys.data.click_log import ClickLog
from recsys.data.clicks import Clicks
from recsys.data.histories import Histories
from recsys.retrieval.base import NO_OPINION, Retriever, RetrieverSettings
from recsys.retrieval.count_table import CountTable
from recsys.retrieval.decayed_counts import DecayedCounts
from recsys.retrieval.item_cf.session_knn import RecentSessions, SessionKNNSettings, SessionsOfMinute
from recsys.retrieval.late_clicks import LateClicks
from recsys.retrieval.live_articles import LiveArticles


class ItemCFSettings(RetrieverSettings):
    """Numbers of co-visitation and of session kNN."""

    list_size: NonNegativeInt = 300
    half_lives: EachPacedHours = (0.15, 0.5, 2.0, 12.0)
    """Of the counts, in hours. Longer ones and the way back (what was read before) find less on the real log."""
    list_weights: tuple[float, ...] = (0.0, 0.5, 0.5, 0.0)
    """What each count's share weighs in the list; the reranker sees them all."""
    reference_half_life: PacedHours = 2.0
    """Of the counts by section, and of arrivals and departures; one of ``half_lives``."""
    floor: PositiveFloat = 0.03
    """Counts under this are forgotten at the next full hour."""
    memory_hours: WholePacedHours = 72
    """``fit`` counts this far back: what is older has decayed under the floor."""
    max_steps: PositiveInt = 6
    """Two clicks of a session count as a pair up to this many steps apart."""
    step_damping: Share = 0.9
    pair_window_hours: PositiveFloat = 4.0
    """Clicks of one session count as a pair up to this long apart: a bound on what has to be remembered."""
    pseudo_clicks: NonNegativeFloat = 8.0
    """Damps the shares of articles that few people were seen to read on from."""
    section_pseudo_clicks: NonNegativeFloat = 50.0
    """A section with this many recent follow-up clicks counts as much as all sections together."""
    source_clicks: PositiveInt = 8
    """How many of a visitor's last clicks are looked up."""
    recency_damping: Share = 0.5
    """How much less each earlier click counts."""
    click_half_life: PacedHours = 8.0
    """Hours after which a visitor's click counts half."""
    session_knn: SessionKNNSettings = SessionKNNSettings()
    session_knn_weight: NonNegativeFloat = 1.0
    """What session kNN's shares count beside those of co-visitation."""

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if len(self.list_weights) != len(self.half_lives):
            raise ValueError("list_weights needs one weight for each of half_lives")
        if self.reference_half_life not in self.half_lives:
            raise ValueError("reference_half_life must be one of half_lives")
        return self

    @property
    def reference_channel(self) -> int:
        """The position of ``reference_half_life``."""
        return self.half_lives.index(self.reference_half_life)


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

    def scores(self, visitors: Visitors) -> Floats:
        """Shares by co-visitation and by session kNN, from the last clicks, the latest counting most."""
        if not visitors.have_read.any():
            return np.full((len(visitors), len(self.live.items)), NO_OPINION)
        weight = self.settings.session_knn_weight
        scores = self._co_visited(self._sources(visitors)) + weight * self.neighbours_read(visitors)
        return np.where(scores > 0, scores, NO_OPINION)

    @memoized
    def neighbours_read(self, visitors: Visitors) -> Floats:
        """The shares of session kNN alone, shape (batch, live)."""
        if not visitors.have_read.any():
            return np.zeros((len(visitors), len(self.live.items)), np.float32)
        return self.of_minute.neighbours.shares(self._sources(visitors), self.live)

    def transitions(self, read: Ints, rows: Ints, items: Ints) -> Doubles:
        """The share of each channel among those who go on from an article read; ``rows`` tells from which each item.

        Shapes (n,), (pairs,), (pairs,) to (channels, pairs).
        """
        totals = self.counts.totals_of(read) + self.settings.pseudo_clicks
        return np.asarray(self.counts.lookup(read[rows], items) / totals[:, rows])

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

    def section_lift(self, sections: Ints, positions: Ints) -> Doubles:
        """How many times as often readers of a section go on to a live article as all readers do, smoothed."""
        different, which = np.unique(sections, return_inverse=True)
        lifts = [self._lifts_from(section) for section in different.tolist()]
        return np.array(lifts).reshape(len(different), len(self.live.items))[which, positions]

    @memoized_lru(64)
    def _lifts_from(self, section: int) -> Doubles:
        """Each live article's lift for readers of one section, -1 for the unknown one; shape (live,)."""
        settled, fresh, channel = self.counts.settled, self.counts.fresh, self.settings.reference_channel
        sections = self.live.articles.sections
        flows = _by_section(settled, channel, sections)
        first, last = np.searchsorted(flows.sections, [section, section + 1])
        late = sections[fresh.rows] == section
        items = np.append(flows.items[first:last], fresh.items[late])
        counts = np.append(flows.counts[first:last], self.counts.since_settled(channel)[late])
        positions = self.live.position[items]
        known = positions != PAD
        scale = self.counts.scale()[channel]
        counted = np.bincount(positions[known], counts[known] * scale, len(self.live.items))
        overall = self.arrivals + 1e-3
        overall = overall / overall.sum()
        share = smoothed(counted, counted.sum(), overall, self.settings.section_pseudo_clicks)
        return np.asarray(share / overall)

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
    def _sources(self, visitors: Visitors) -> csr_matrix:
        """The weight of each of the visitors' last clicks, shape (batch, articles)."""
        sources = visitors.items[:, : self.settings.source_clicks]
        hours = (visitors.as_of[:, None] - visitors.times[:, : self.settings.source_clicks]) / HOUR
        damping = self.settings.recency_damping ** np.arange(sources.shape[1])
        weights = damping * np.exp2(-hours / self.settings.click_half_life)
        known = sources != PAD
        starts = np.append(0, np.cumsum(known.sum(axis=1)))
        shape = (len(visitors), len(self.live.articles))
        matrix = csr_matrix((weights[known].astype(np.float32), sources[known], starts), shape)
        matrix.sum_duplicates()
        return matrix

    def _co_visited(self, clicked: csr_matrix) -> Floats:
        """Scores by co-visitation alone, shape (batch, articles) to (batch, live)."""
        sources = np.unique(clicked.indices)
        of, items, counted = self.counts.rows(sources.astype(np.int64))
        totals = np.stack([np.bincount(of, channel, len(sources)) for channel in counted])
        shares = counted / (totals[:, of] + self.settings.pseudo_clicks)
        strength = (np.array(self.settings.list_weights) @ shares).astype(np.float32)
        positions = self.live.position[items]
        known = positions != PAD
        strength, positions = strength[known], positions[known]
        bounds = np.searchsorted(of[known], np.arange(len(sources) + 1))
        source = np.searchsorted(sources, clicked.indices)
        entries, click = ranges(bounds[source], bounds[source + 1])
        visitor = np.repeat(np.arange(clicked.shape[0]), np.diff(clicked.indptr))
        width = len(self.live.items)
        scores = np.zeros(clicked.shape[0] * width, np.float32)
        np.add.at(scores, visitor[click] * width + positions[entries], clicked.data[click] * strength[entries])
        return scores.reshape(clicked.shape[0], width)


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


def pairs(settings: ItemCFSettings, clicks: RecentSessions, already_counted: int = 0) -> tuple[Longs, Longs, Doubles]:
    """The pairs that end in a click at or after row ``already_counted``, in the order of that click.

    Returns:
        The rows of the earlier and of the later click, and the weights, shapes (pairs,).
    """
    order = clicks.by_session
    new = np.flatnonzero(order >= already_counted)
    found = []
    for step in range(1, settings.max_steps + 1):
        places = new[new >= step]
        before, after = order[places - step], order[places]
        near = clicks.sessions[before] == clicks.sessions[after]
        near &= clicks.times[after] - clicks.times[before] < settings.pair_window_hours * HOUR
        near &= clicks.items[after] != clicks.items[before]
        found.append((before[near], after[near], np.full(int(near.sum()), settings.step_damping ** (step - 1))))
    before, after, weight = (np.concatenate(column) for column in zip(*found, strict=True))
    # By the later click, then by distance: an order that does not depend on where the log was cut.
    by_time = np.lexsort((-before, after))
    before, after, weight = before[by_time], after[by_time], weight[by_time]
    return before, after, weight if clicks.weights is None else weight * clicks.weights[after]
