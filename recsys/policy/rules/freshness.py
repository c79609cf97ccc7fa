"""New articles are favoured."""

from __future__ import annotations

import math
from typing import Annotated, ClassVar

from pydantic import Field

from recsys.core.types import Doubles
from recsys.policy.base import PolicyRule, rule
from recsys.policy.reader_candidates import ReaderCandidates


@rule("freshness", "Freshness")
class Freshness(PolicyRule):
    """Age counts against an article, as radioactive decay does.

    A difference of the reranker's scores is the logarithm of the odds that one article is opened rather than the other
    (LambdaRank after RankNet: Burges, "From RankNet to LambdaRank to LambdaMART", 2010). Halving the odds with every
    half-life of age takes log 2 from the score for each.
    """

    dial: ClassVar[str] = "half_life_hours"
    dial_values: ClassVar[tuple[float, ...]] = (96.0, 48.0, 24.0, 12.0, 6.0, 3.0, 1.5)
    dial_text: ClassVar[str] = "half the odds every {:g} h"
    buys: ClassVar[str] = "new"

    half_life_hours: Annotated[float, Field(strict=True, ge=0.5, le=720)] = 12.0
    """Hours after which an article has half its odds."""

    def sentence(self) -> str:
        """What it asks for."""
        return f"With every {self.half_life_hours:g} hours of its age, an article has half the odds."

    def added(self, candidates: ReaderCandidates) -> Doubles:
        """Less with every hour."""
        return -math.log(2) / self.half_life_hours * candidates.age_hours
