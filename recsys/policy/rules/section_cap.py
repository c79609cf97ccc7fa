"""At most so many articles of a section."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, ClassVar

from pydantic import Field, StrictInt

from recsys.core.numbers import in_words
from recsys.core.types import Bools, Ints
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
        return GroupLimit.empty(candidates.sections, self.most, self.first)


@dataclass(frozen=True)
class GroupLimit:
    """At most ``most`` of a group among the ``first`` places.

    Attributes:
        groups: shape (candidates,); those under 0 are not counted.
        most: of any group.
        first: places.
        counts: of each group so far.
        open: whose group is not full; shape (candidates,).
    """

    groups: Ints
    most: int
    first: int
    counts: dict[int, int]
    open: Bools

    @classmethod
    def empty(cls, groups: Ints, most: int, first: int) -> GroupLimit:
        """Nothing on the list yet."""
        return cls(groups, most, first, {}, (groups < 0) | (most > 0))

    def allows(self, place: int) -> Bools | None:
        """Those whose group is not full."""
        return self.open if place < self.first else None

    def take(self, index: int, place: int) -> None:
        """One more of a group."""
        group = int(self.groups[index])
        if place < self.first and group >= 0:
            self.counts[group] = self.counts.get(group, 0) + 1
            if self.counts[group] >= self.most:
                self.open[self.groups == group] = False
