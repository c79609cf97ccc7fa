"""Contextual popularity: what is read now, by everybody and by visitors with the same device, OS and country."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import islice
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import NonNegativeInt, PositiveFloat, model_validator

from recsys.core.arrays import from_tables, smoothed
from recsys.core.batches import Visitors
from recsys.core.caching import memoized, memoized_lru
from recsys.core.entities import CONTEXT_FIELDS
from recsys.core.progress import Report
from recsys.core.settings import EachPacedHours, PacedHours, WholePacedHours
from recsys.core.types import HOUR, PAD, Arrays, Codes, Doubles, Floats, Ints, Longs
from recsys.data.click_log import ClickLog
from recsys.data.clicks import Clicks
from recsys.data.histories import Histories
from recsys.retrieval.base import NO_OPINION, Retriever, RetrieverSettings
from recsys.retrieval.decayed_counts import DecayedCounts
from recsys.retrieval.late_clicks import LateClicks
from recsys.retrieval.live_articles import LiveArticles

FAMILIES: dict[str, tuple[str, ...]] = {
    "overall": (),
    "device": ("device",),
    "os": ("os",),
    "country": ("country",),
    "os_country": ("os", "country"),
    "device_country": ("device", "country"),
    "referrer": ("referrer",),
    "environment": ("environment",),
    "region": ("country", "region"),
}
"""What clicks are counted by: every family is a table of counts by the codes of its fields."""
COLUMNS = {family: tuple(map(CONTEXT_FIELDS.index, fields)) for family, fields in FAMILIES.items()}
"""Where the codes of a family's fields are in a context."""


class PopularitySettings(RetrieverSettings):
    """Numbers of the counts, and how lists are made of them."""

    list_size: NonNegativeInt = 200
    overall_half_lives: EachPacedHours = (0.1, 0.25, 0.5, 2.0, 4.0, 8.0)
    """Of the counts over everybody, in hours."""
    context_half_lives: EachPacedHours = (0.5, 4.0)
    """Of the counts by context, in hours, each one of ``overall_half_lives``: the lists go by the first."""
    list_half_life: PacedHours = 0.25
    """The overall half-life that the list goes by."""
    rising: EachPacedHours = (0.5, 2.0)
    """Half-lives whose click rates are set against each other; those of the counts that are nearest are taken."""
    rising_fast: EachPacedHours = (0.1, 0.5)
    """The same once more."""
    reference_half_life: PacedHours = 2.0
    """Of the clicks that arrivals and departures are a share of; the nearest of the counts is taken."""
    floor: PositiveFloat = 0.05
    """Counts under this are forgotten: one click after 4.3 of its longest half-lives."""
    pseudo_clicks: PositiveFloat = 100.0
    """A context with this many recent clicks counts as much as the overall list that it is smoothed towards."""
    memory_hours: WholePacedHours = 120
    """``fit`` counts this far back: what is older has decayed under the floor."""
    listed: tuple[str, ...] = ("overall", "device", "os", "country", "os_country", "device_country", "referrer")
    """The families whose shares make the list of a visitor with a history."""
    blend: tuple[tuple[str, int], ...] = (("os", 2), ("device", 2), ("os_country", 3), ("device_country", 3))
    """Of ten places in a new visitor's list, how many each family fills; the overall list fills the rest."""

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        for half_life in (*self.context_half_lives, self.list_half_life):
            if half_life not in self.overall_half_lives:
                raise ValueError(f"the half-life {half_life:g} must be one of overall_half_lives")
        if not self.context_half_lives:
            raise ValueError("context_half_lives needs at least one half-life")
        for family in (*self.listed, *dict(self.blend)):
            if family not in FAMILIES:
                raise ValueError(f"unknown family {family!r}; known: {', '.join(FAMILIES)}")
        return self

    def overall_channel(self, half_life: float) -> int:
        """The position of the overall half-life that is nearest to one, in hours."""
        return int(np.argmin([abs(np.log(known / half_life)) for known in self.overall_half_lives]))


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
            family: counts.advance(_keys(family, clicks), clicks.times, weights, live.moment)
            for family, counts in self.counts.items()
        }
        return Popularity(self.settings, live, counts)

    def recounted(self, known: Self, clicks: LateClicks, histories: Histories, live: LiveArticles) -> Self:
        """Count the late clicks' articles anew in their contexts."""
        since, counts = clicks.since, {}
        weights = since.counted().astype(float)[None, :]
        for family, own in self.counts.items():
            touched, keys = np.unique(_keys(family, clicks.late)), _keys(family, since)
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
        return self._share(family, int(_row(family, contexts[None, :])[0]))

    def clicks_in(self, family: str, contexts: Codes) -> float:
        """How many clicks, decayed as those by context are, a family holds in one context; ``contexts``: shape (6,)."""
        if family == "overall":
            channel = self.settings.overall_half_lives.index(self.settings.context_half_lives[0])
            return float(self.clicks_now[channel].sum())
        return float(self.counts[family].totals_of(_row(family, contexts[None, :]))[0, 0])

    def mix(self, families: tuple[str, ...], contexts: Codes) -> Floats:
        """The mean of several families' shares in one context, shapes (6,), (live,)."""
        shares = np.mean([self.share(family, contexts) for family in families], axis=0)
        return np.where(shares > 0, shares, NO_OPINION).astype(np.float32)

    def log_lifts(self, family: str, channel: int, visitors: Visitors, rows: Ints, positions: Ints) -> Doubles:
        """The logarithm of how many times as often a live article is read in a visitor's context as overall, smoothed.

        ``channel`` is the position of the half-life in ``context_half_lives``; ``rows`` and ``positions`` say which
        visitor and which article, shapes (pairs,) to (pairs,).
        """
        return from_tables(lambda row: self._log_lift(family, row, channel), _rows(visitors)[family], rows, positions)

    def blend(self, codes: Codes) -> list[tuple[int, str]]:
        """A new visitor's list: positions among the live articles, each with the family that filled the place."""
        order = {
            family: iter(_descending(self._counted(family, codes)))
            for family in ("overall", *dict(self.settings.blend))
        }
        taken: dict[int, str] = {}
        size = min(self.settings.list_size, len(self.live.items))
        while len(taken) < size:
            block_ends = len(taken) + 10
            for family, places in self.settings.blend:
                _fill(taken, order[family], family, places)
            _fill(taken, order["overall"], "overall", max(block_ends - len(taken), 0))
            if len(taken) < block_ends:
                break
        return list(taken.items())[:size]

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
    def _log_lift(self, family: str, row: int, channel: int) -> Doubles:
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
        rows = _row(family, codes[None, :])
        return np.where(self.counts[family].lookup(rows, self.live.items)[0] > 0, shares, 0.0)


def _start(settings: PopularitySettings, family: str, moment: int) -> DecayedCounts:
    half_lives = settings.overall_half_lives if family == "overall" else settings.context_half_lives
    return DecayedCounts.start(half_lives, moment, settings.floor)


def _row(family: str, contexts: Codes) -> Longs:
    """The row of each context in a family's table: its codes, packed. Shape (n, 6) to (n,)."""
    row = np.zeros(len(contexts), np.int64)
    for column in COLUMNS[family]:
        row = (row << 15) | contexts[:, column]
    return row


@memoized
def _rows(visitors: Visitors) -> dict[str, list[int]]:
    """The rows of all visitors' contexts in each family's table."""
    return {family: _row(family, visitors.contexts).tolist() for family in FAMILIES}


def _keys(family: str, clicks: Clicks) -> Longs:
    """What each click is counted as in a family's table, shape (clicks,)."""
    return (_row(family, clicks.contexts) << 32) + clicks.items


def _descending(shares: Doubles) -> list[int]:
    order = np.argsort(-shares, kind="stable")
    return order[: np.count_nonzero(shares > 0)].tolist()


def _fill(taken: dict[int, str], order: Iterator[int], family: str, places: int) -> None:
    """Give up to ``places`` places to the next articles of a list that have none yet."""
    unplaced = (position for position in order if position not in taken)
    for position in islice(unplaced, places):
        taken[position] = family
