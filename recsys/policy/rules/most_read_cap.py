"""At most so many of the most-read articles."""

from __future__ import annotations

from typing import Annotated, ClassVar

import numpy as np
from pydantic import Field, StrictInt

from recsys.core.numbers import in_words
from recsys.policy.base import Limit, PolicyRule, rule
from recsys.policy.reader_candidates import ReaderCandidates
from recsys.policy.rules.section_cap import GroupLimit


@rule("most_read_cap", "The most-read articles")
class MostReadCap(PolicyRule):
    """At most so many of what everybody reads now among the first of a list."""

    dial: ClassVar[str] = "most"
    dial_values: ClassVar[tuple[float, ...]] = (8, 6, 5, 4, 3, 2, 1, 0)
    dial_text: ClassVar[str] = "at most {:g}"
    buys: ClassVar[str] = "distinct"

    most: Annotated[StrictInt, Field(ge=0, le=20)] = 3
    """Of the most-read articles."""
    top: Annotated[StrictInt, Field(ge=1, le=100)] = 10
    """How many articles count as the most read."""
    first: Annotated[StrictInt, Field(ge=1, le=100)] = 10
    """Places from the top for which that holds."""

    def sentence(self) -> str:
        """What it asks for."""
        return (
            f"At most {in_words(self.most)} of the {in_words(self.top)} most-read articles among the first "
            f"{in_words(self.first)}."
        )

    def limit(self, candidates: ReaderCandidates) -> Limit:
        """A count of those that are read most."""
        among = np.where(candidates.ranks_now < self.top, 0, -1).astype(np.int32)
        return GroupLimit.empty(among, self.most, self.first)
