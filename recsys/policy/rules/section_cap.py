"""At most so many articles of a section."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, ClassVar

import numpy as np
from pydantic import Field, StrictInt

from recsys.core.numbers import in_words
from recsys.core.types import Bools, Ints, Longs
from recsys.policy.base import Limit, PolicyRule, rule
from recsys.policy.reader_candidates import ReaderCandidates


@rule("section_cap", "Articles of one section")
class SectionCap(PolicyRule):
    """At most so many of a section among the first of a list; an article whose section is unknown is not counted."""

    dial: ClassVar[str] = "most"
    dial_values: ClassVar[tuple[float, ...]] = (6, 5, 4, 3, 2, 1)
    dial_text: ClassVar[str] = "at most {:g}"
    buys: ClassVar[str] = "sections"

    most: Annotated[StrictInt, Field(ge=1, le=20)] = 3
    """Articles of any one section."""
    first: Annotated[StrictInt, Field(ge=1, le=100)] = 10
    """Places from the top for which that holds."""

    def sentence(self) -> str:
        """What it asks for."""
        return f"At most {in_words(self.most)} of a section among the first {in_words(self.first)}."

    def limit(self, candidates: ReaderCandidates) -> Limit:
        """A count by section."""
        groups = np.where(candidates.sections < 0, candidates.sections.max(initial=0) + 1, candidates.sections)
        counts = np.zeros(int(groups.max(initial=0)) + 1, np.int64)
        return GroupLimit(groups, counts, self.most, self.first, candidates.sections >= 0)


@dataclass(frozen=True)
class GroupLimit:
    """At most ``most`` of a group among the ``first`` places; only those that are ``counted``.

    ``groups``: shape (candidates,); ``counts`` of each group so far.
    """

    groups: Ints
    counts: Longs
    most: int
    first: int
    counted: Bools

    def allows(self, place: int) -> Bools:
        """Those whose group is not full."""
        if place >= self.first:
            return np.ones(len(self.groups), bool)
        return (self.counts[self.groups] < self.most) | ~self.counted

    def take(self, index: int, place: int) -> None:
        """One more of a group."""
        if place < self.first and self.counted[index]:
            self.counts[self.groups[index]] += 1
