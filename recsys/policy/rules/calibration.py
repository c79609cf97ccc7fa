"""The sections of a list as the reader reads them."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Annotated, ClassVar

import numpy as np
from pydantic import Field

from recsys.core.types import Doubles, Longs
from recsys.policy.base import Favour, PolicyRule, rule
from recsys.policy.reader_candidates import ReaderCandidates

SMOOTHING = 0.01
"""Of the reader's own shares that are mixed into the list's, so that no share is 0 (Steck's alpha)."""


@rule("calibration", "The reader's sections")
class Calibration(PolicyRule):
    """A list that has the reader's sections in the reader's shares.

    Calibrated recommendations (Steck, RecSys 2018): each next article makes ``(1 - c) relevance - c KL(p || q)``
    largest, with ``p`` the sections of the reader's last clicks, and ``q`` those of the list with the article,
    smoothed; written as ``relevance - c / (1 - c) KL``, so that rules add up. Nothing changes for who has read nothing.
    """

    dial: ClassVar[str] = "weight"
    dial_values: ClassVar[tuple[float, ...]] = (0.05, 0.1, 0.2, 0.3, 0.4, 0.6, 0.8)
    dial_text: ClassVar[str] = "counts {:.0%}"
    buys: ClassVar[str] = "calibration"

    weight: Annotated[float, Field(strict=True, ge=0, le=0.95)] = 0.3
    """How much the shares count against relevance, from 0 to 1."""

    def sentence(self) -> str:
        """What it asks for."""
        return (
            f"Sections in the shares in which the reader reads them: this counts {self.weight:.0%}, relevance the rest."
        )

    def favour(self, candidates: ReaderCandidates) -> Favour | None:
        """Less, the farther the list would be from the reader's shares."""
        if not len(candidates.sections_read):
            return None
        shares = shares_read(candidates)
        number = {section: at for at, section in enumerate(shares)}
        groups = [number.get(section, len(number)) for section in candidates.sections.tolist()]
        weight = self.weight / (1 - self.weight)
        return Calibrated(list(shares.values()), np.array(groups, np.int64), weight, [0] * (len(shares) + 1))

    def note(self, candidates: ReaderCandidates) -> str | None:
        """Nothing is known of the reader."""
        return None if len(candidates.sections_read) else "This reader has read nothing whose section is known."


def shares_read(candidates: ReaderCandidates) -> dict[int, float]:
    """The sections of the reader's last clicks, ascending, and the share of each."""
    sections = candidates.sections_read.tolist()
    return {section: clicks / len(sections) for section, clicks in sorted(Counter(sections).items())}


def divergence(shares: Doubles, listed: Doubles) -> Doubles:
    """How far the shares of sections on lists are from those of a reader, ``KL(p || q)`` smoothed as by Steck, in nats.

    Shapes (sections,), (lists, sections) to (lists,); what is on a list of other sections is missing in its shares.
    """
    smoothed = (1 - SMOOTHING) * listed + SMOOTHING * shares
    return np.asarray(np.log(shares / smoothed) @ shares)


@lru_cache(1 << 14)
def _falls(share: float, length: int) -> tuple[float, ...]:
    """By how much the divergence of so long a list falls if one article more is of a section, by how many are.

    ``KL(p || q)`` is a sum over sections, and only that of the section changes. Kept, as there are few shares: a
    reader's are of their last clicks, which are at most twenty.
    """
    smoothed = [(1 - SMOOTHING) * count / length + SMOOTHING * share for count in range(length + 1)]
    return tuple(share * math.log(more / fewer) for fewer, more in pairwise(smoothed))


@dataclass(frozen=True)
class Calibrated:
    """How far a list is from the reader's shares.

    Attributes:
        shares: of the reader's sections, shape (sections,).
        groups: which of them each candidate's is, ``sections`` for any other; shape (candidates,).
        weight: of the divergence.
        counts: of the articles on the list, by group.
    """

    shares: list[float]
    groups: Longs
    weight: float
    counts: list[int]

    def values(self) -> Doubles:
        """More, the nearer the list comes to the reader's shares; nothing for sections that they have not read."""
        return np.array(self.falls()).take(self.groups)

    def falls(self) -> list[float]:
        """What one more article of each group is worth: by how much, in nats, it brings the divergence down against one
        of a section that the reader has not read, times the weight. So many as there are sections, + 1.
        """
        length, weight = sum(self.counts) + 1, self.weight
        falls = [weight * _falls(share, length)[count] for share, count in zip(self.shares, self.counts, strict=False)]
        falls.append(0.0)
        return falls

    def take(self, index: int) -> None:
        """One more of a group."""
        self.counts[self.groups[index]] += 1
