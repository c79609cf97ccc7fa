"""Contextual popularity: what is read now, by everybody and by visitors with the same device, OS and country."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property, partial
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from recsys.core.arrays import from_tables, smoothed
from recsys.core.batches import Visitors
from recsys.core.caching import memoized_lru
from recsys.core.entities import CONTEXT_FIELDS
from recsys.core.progress import Report
from recsys.core.types import HOUR, PAD, Arrays, Codes, Doubles, Floats, Ints, Longs
from recsys.data.click_log import ClickLog
from recsys.data.clicks import Clicks
from recsys.data.histories import Histories
from recsys.retrieval.base import NO_OPINION, Retriever
from recsys.retrieval.decayed_counts import DecayedCounts
from recsys.retrieval.late_clicks import LateClicks
from recsys.retrieval.live_articles import LiveArticles
from recsys.retrieval.popularity.blend import blended
from recsys.retrieval.popularity.families import FAMILIES, keys_of, row_of
from recsys.retrieval.popularity.settings import PopularitySettings


@dataclass(frozen=True)
class Popularity(Retriever[PopularitySettings]):
    """Decayed counts by family of contexts, smoothed towards the overall share."""

    name = "popularity"
    Settings = PopularitySettings

    counts: dict[str, DecayedCounts]

    @classmethod
    def fit(cls, settings: PopularitySettings, log: ClickLog, live: LiveArticles, report: Report) -> Popularity:
        """Count the last days; there is nothing to learn."""
        start = live.moment - settings.memory_hours * HOUR
        empty = cls(settings, live, {family: _start(settings, family, start) for family in FAMILIES})
        return empty.advance(log.clicks.between(start, live.moment), log.histories, live)

    def advance(self, clicks: Clicks, histories: Histories, live: LiveArticles) -> Popularity:
        """Count the clicks in every family."""
        weights = clicks.counted().astype(float)[None, :]
        counts = {
            family: counts.advance(keys_of(family, clicks), clicks.times, weights, live.moment)
            for family, counts in self.counts.items()
        }
        return Popularity(self.settings, live, counts)

    def recounted(self, known: Self, clicks: LateClicks, histories: Histories, live: LiveArticles) -> Self:
        """Count the late clicks' articles anew in their contexts."""
        since, counts = clicks.since, {}
        weights = since.counted().astype(float)[None, :]
        for family, own in self.counts.items():
            touched, keys = np.unique(keys_of(family, clicks.late)), keys_of(family, since)
            counts[family] = own.recounted(known.counts[family], touched, keys, since.times, weights)
        return replace(self, live=live, counts=counts)

    def scores(self, visitors: Visitors) -> Floats:
        """Shares of the clicks now, in the visitor's contexts; for a new visitor, the reciprocal rank in the blend."""
        new = visitors.clicks == 0
        contexts = visitors.contexts * self._looked_at[new.astype(np.int8)]
        kinds = zip(contexts.tolist(), new.tolist(), strict=True)
        lists = [self._of_kind(tuple(context), is_new) for context, is_new in kinds]
        return np.array(lists, np.float32).reshape(len(visitors), len(self.live.items))

    def share(self, family: str, contexts: Codes) -> Doubles:
        """Each live article's smoothed share of the clicks in one context. Shapes (6,), (live,)."""
        return self._share(family, int(row_of(family, contexts[None, :])[0]))

    def clicks_in(self, family: str, contexts: Codes) -> float:
        """How many clicks, decayed as those by context are, a family holds in one context; ``contexts``: shape (6,)."""
        if family == "overall":
            channel = self.settings.overall_half_lives.index(self.settings.context_half_lives[0])
            return float(self.clicks_now[channel].sum())
        return float(self.counts[family].totals_of(row_of(family, contexts[None, :]))[0, 0])

    def mix(self, families: tuple[str, ...], contexts: Codes) -> Floats:
        """The mean of several families' shares in one context, shapes (6,), (live,)."""
        shares = np.mean([self.share(family, contexts) for family in families], axis=0)
        return np.where(shares > 0, shares, NO_OPINION).astype(np.float32)

    def log_lifts(self, family: str, channel: int, visitors: Visitors, rows: Ints, positions: Ints) -> Doubles:
        """The logarithm of how many times as often a live article is read in a visitor's context as overall, smoothed.

        ``channel`` is the position of the half-life in ``context_half_lives``; ``rows`` and ``positions`` say which
        visitor and which article, shapes (pairs,) to (pairs,).
        """
        contexts = row_of(family, visitors.contexts).tolist()
        return from_tables(partial(self._log_lift, family, channel), contexts, rows, positions)

    def blend(self, codes: Codes) -> list[tuple[int, str]]:
        """A new visitor's list: positions among the live articles, each with the family that filled the place."""
        families = ("overall", *dict(self.settings.blend))
        shares = {family: self._counted(family, codes) for family in families}
        return blended(shares, self.settings.blend, min(self.settings.list_size, len(self.live.items)))

    def state(self) -> Arrays:
        """The counts of every family; all share anchor and moment."""
        arrays: dict[str, NDArray[Any]] = {}
        for family, counts in self.counts.items():
            arrays |= counts.state(f"{family}_")
        return arrays

    @classmethod
    def restore(cls, settings: PopularitySettings, state: Arrays, live: LiveArticles) -> Popularity:
        """Counts at ``live.moment``."""
        floor = settings.floor
        counts = {family: DecayedCounts.restore(state, f"{family}_", live.moment, floor) for family in FAMILIES}
        return cls(settings, live, counts)

    @cached_property
    def _looked_at(self) -> Codes:
        """1 for the fields of the context that make the list of a visitor with a history, then of a new one; (2, 6).

        Visitors who differ in no other field have one list between them.
        """
        families = (self.settings.listed, dict(self.settings.blend))
        fields = [{field for family in some for field in FAMILIES[family]} for some in families]
        return np.array([[field in some for field in CONTEXT_FIELDS] for some in fields], np.int16)

    @cached_property
    def clicks_now(self) -> Doubles:
        """The decayed clicks of each live article at each overall half-life, shape (channels, live)."""
        return self.counts["overall"].lookup(0, self.live.items)

    @cached_property
    def ranks_now(self) -> Longs:
        """Each live article's rank, from 0, by its clicks at the shortest half-life, shape (live,)."""
        ranks = np.empty(len(self.live.items), np.int64)
        ranks[np.argsort(-self.clicks_now[0], kind="stable")] = np.arange(len(ranks))
        return ranks

    @cached_property
    def section_shares(self) -> tuple[Doubles, Doubles]:
        """Each live article's section as a share of the clicks now, and it as a share of that; shapes (live,)."""
        clicks = self.clicks_now[self.settings.overall_channel(0.5)]
        sections = self.live.articles.sections[self.live.items] + 1  # -1, unknown, becomes a section of its own
        of_section = np.bincount(sections, clicks)[sections] if len(sections) else clicks
        return of_section / max(clicks.sum(), 1e-9), clicks / np.maximum(of_section, 1e-9)

    @cached_property
    def _shares_now(self) -> Doubles:
        sums = [max(channel.sum(), 1e-9) for channel in self.clicks_now]
        return np.asarray(self.clicks_now / np.array(sums)[:, None])

    @property
    def _overall(self) -> Doubles:
        channel = self.settings.overall_half_lives.index(self.settings.list_half_life)
        return np.asarray(self._shares_now[channel])

    @memoized_lru(128)
    def _share(self, family: str, row: int) -> Doubles:
        if family == "overall":
            return self._overall
        counted, total = self._clicks(family, row, 0)
        return np.asarray(smoothed(counted, total, self._overall, self.settings.pseudo_clicks))

    @memoized_lru(128)
    def _log_lift(self, family: str, channel: int, row: int) -> Doubles:
        counted, total = self._clicks(family, row, channel)
        overall = self.settings.overall_half_lives.index(self.settings.context_half_lives[channel])
        prior = self._shares_now[overall]
        share = smoothed(counted, total, prior, self.settings.pseudo_clicks)
        return np.log(np.divide(share, prior, out=np.ones(len(prior)), where=prior > 0))

    def _clicks(self, family: str, row: int, channel: int) -> tuple[Doubles, float]:
        """The clicks in one context, decayed: on each live article, shape (live,), and on all articles."""
        items, values = self.counts[family].row(row)
        clicks = np.zeros(len(self.live.items))
        positions = self.live.position[items]
        clicks[positions[positions != PAD]] = values[channel, positions != PAD]
        return clicks, float(values[channel].sum())

    @memoized_lru(128)
    def _of_kind(self, context: tuple[int, ...], new: bool) -> Floats:
        codes = np.array(context, np.int16)
        if new:
            scores = np.full(len(self.live.items), NO_OPINION, np.float32)
            chosen = [position for position, _ in self.blend(codes)]
            scores[chosen] = 1.0 / (1.0 + np.arange(len(chosen)))
            return scores
        return self.mix(self.settings.listed, codes)

    def _counted(self, family: str, codes: Codes) -> Doubles:
        """The smoothed shares, 0 where nobody in this context has read the article lately."""
        shares = self.share(family, codes)
        if family == "overall":
            return shares
        rows = row_of(family, codes[None, :])
        return np.where(self.counts[family].lookup(rows, self.live.items)[0] > 0, shares, 0.0)


def _start(settings: PopularitySettings, family: str, moment: int) -> DecayedCounts:
    half_lives = settings.overall_half_lives if family == "overall" else settings.context_half_lives
    return DecayedCounts.start(half_lives, moment, settings.floor)
