"""The sections of a list as the reader reads them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
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

    def favour(self, candidates: ReaderCandidates, k: int) -> Favour | None:
        """Less, the farther the list would be from the reader's shares."""
        if not len(candidates.sections_read):
            return None
        shares = shares_read(candidates)
        number, other = {section: at for at, section in enumerate(shares)}, len(shares)
        groups = np.array([number.get(section, other) for section in candidates.sections.tolist()])
        return Calibrated.empty(list(shares.values()), groups, self.weight / (1 - self.weight), k)

    def note(self, candidates: ReaderCandidates) -> str | None:
        """Nothing is known of the reader."""
        return None if len(candidates.sections_read) else "This reader has read nothing whose section is known."


def shares_read(candidates: ReaderCandidates) -> dict[int, float]:
    """The sections of the reader's last clicks, ascending, and the share of each."""
    sections = candidates.sections_read.tolist()
    return {section: sections.count(section) / len(sections) for section in sorted(set(sections))}


def divergence(shares: Doubles, listed: Doubles) -> Doubles:
    """How far the shares of sections on lists are from those of a reader, ``KL(p || q)`` smoothed as by Steck, in nats.

    Shapes (sections,), (lists, sections) to (lists,); what is on a list of other sections is missing in its shares.
    """
    smoothed = (1 - SMOOTHING) * listed + SMOOTHING * shares
    return np.asarray(np.log(shares / smoothed) @ shares)


@lru_cache(256)
def _falls(share: float, places: int) -> Doubles:
    """By how much the divergence falls if one article more is of a section: by the place that it gets, and by how many
    above it are of the section; shape (places, places).

    ``KL(p || q)`` is a sum over sections, and only that of the section changes. Kept, as there are few shares: a
    reader's are of their last clicks, which are at most twenty.
    """
    listed = np.arange(places + 1) / np.arange(1, places + 1)[:, None]
    return share * np.diff(np.log((1 - SMOOTHING) * listed + SMOOTHING * share))


@dataclass
class Calibrated:
    """How far a list is from the reader's shares.

    Attributes:
        falls: what one more article of each group is worth: by how much, in nats, it brings the divergence down against
            one of a section that the reader has not read, times the weight. By its place, and by group and how many
            above it are of the group; shape (places, groups x places).
        groups: which of the reader's sections each candidate's is, the last group for any other; shape (candidates,).
        columns: of ``falls``, for each group; shape (groups,).
        place: the next, from 0.
    """

    falls: Doubles
    groups: Longs
    columns: Longs
    place: int = 0

    @classmethod
    def empty(cls, shares: Sequence[float], groups: Longs, weight: float, places: int) -> Calibrated:
        """Nothing on the list yet, which is to be so long."""
        falls = np.zeros((places, len(shares) + 1, places))
        for group, share in enumerate(shares):
            np.multiply(_falls(share, places), weight, out=falls[:, group])
        return cls(falls.reshape(places, -1), groups, places * np.arange(len(shares) + 1))

    def values(self) -> Doubles:
        """More, the nearer the list comes to the reader's shares; nothing for sections that they have not read."""
        return self.falls[self.place].take(self.columns).take(self.groups)

    def take(self, index: int) -> None:
        """One more of a group."""
        self.columns[self.groups[index]] += 1
        self.place += 1
