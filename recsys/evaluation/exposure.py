"""Who and what is shown, beside what is read: shares of places and of clicks, and how lists differ.

The divergences are those of RADio (Vrijenhoek et al., "RADio: rank-aware divergence metrics to measure normative
diversity in news recommendations", RecSys 2022), for what a log of clicks can say. Its other three, activation,
representation and alternative voices, need to know who speaks in an article and in which tone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from recsys.core.types import PAD, Doubles, Ints, Longs
from recsys.evaluation.policy_price import VisitLists

AGES = (1.0, 3.0, 12.0, 24.0)
"""Where bands of ages end, hours."""


@dataclass(frozen=True, eq=False)
class Opened:
    """What readers really opened next: the section and the age in hours of each article, shape (visits,)."""

    sections: Ints
    age_hours: Doubles

    def rows(self, which: Longs) -> Opened:
        """Those of some visits."""
        return Opened(self.sections[which], self.age_hours[which])


@dataclass(frozen=True, eq=False)
class Exposure:
    """What lists show, and how they differ.

    Attributes:
        shown_by_section: the share of places by code of the section, unknown last; shape (codes + 1,).
        read_by_section: the same of what was opened next.
        shown_by_age: the share of places by band of ages, as ``AGES`` divides them; shape (bands,).
        read_by_age: the same of what was opened next.
        calibration: how far lists are from what their readers have read, by section, from 0 to 1.
        fragmentation: how far the lists of two readers who come one after the other are apart, from 0 to 1.
    """

    shown_by_section: Doubles
    read_by_section: Doubles
    shown_by_age: Doubles
    read_by_age: Doubles
    calibration: float
    fragmentation: float

    @classmethod
    def of(cls, lists: VisitLists, opened: Opened, read: Sequence[Ints], codes: int) -> Exposure:
        """Of some lists; ``read`` has the sections of each reader's last clicks, and sections have ``codes`` codes."""
        known = lists.known
        return cls(
            shown_by_section=_shares(np.where(lists.sections < 0, codes, lists.sections)[known], codes + 1),
            read_by_section=_shares(np.where(opened.sections < 0, codes, opened.sections), codes + 1),
            shown_by_age=_shares(np.searchsorted(AGES, lists.age_hours[known], side="right"), len(AGES) + 1),
            read_by_age=_shares(np.searchsorted(AGES, opened.age_hours, side="right"), len(AGES) + 1),
            calibration=_calibration(lists, read),
            fragmentation=_fragmentation(lists),
        )


def jensen_shannon(p: Doubles, q: Doubles) -> Doubles:
    """The Jensen-Shannon divergence in bits, from 0 where both are the same to 1. Shapes (..., groups) to (...)."""
    middle = (p + q) / 2

    def half(one: Doubles) -> Doubles:
        parts = np.where(one > 0, one * np.log2(np.maximum(one, 1e-300) / np.maximum(middle, 1e-300)), 0.0)
        return np.asarray(parts.sum(axis=-1) / 2)

    return half(p) + half(q)


def by_rank(depth: int) -> Doubles:
    """How much each place counts: the reciprocal of its rank, as in RADio."""
    return 1 / np.arange(1, depth + 1)


def _calibration(lists: VisitLists, read: Sequence[Ints]) -> float:
    found = []
    weights = by_rank(lists.items.shape[1])
    for sections, mine in zip(lists.sections, read, strict=True):
        known = sections >= 0
        if len(mine) and known.any():
            codes = int(max(sections.max(), mine.max())) + 1
            listed = np.bincount(sections[known], weights[known], codes)
            found.append(jensen_shannon(_shares(mine, codes), listed / listed.sum()))
    return float(np.mean(found)) if found else 0.0


def _fragmentation(lists: VisitLists) -> float:
    found = []
    weights = by_rank(lists.items.shape[1])
    for one, other in zip(lists.items[:-1], lists.items[1:], strict=True):
        both, place = np.unique(np.concatenate([one, other]), return_inverse=True)
        mine, theirs = (
            np.bincount(places[items != PAD], weights[items != PAD], len(both))
            for items, places in zip((one, other), np.split(place, 2), strict=True)
        )
        if mine.any() and theirs.any():
            found.append(jensen_shannon(mine / mine.sum(), theirs / theirs.sum()))
    return float(np.mean(found)) if found else 0.0


def _shares(groups: Ints | np.ndarray, length: int) -> Doubles:
    counts = np.bincount(groups, minlength=length).astype(float)
    return counts / max(counts.sum(), 1.0)
