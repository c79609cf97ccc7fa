"""Whether the ensemble is better than the best of the systems beside it, beyond chance."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from recsys.core.entities import ENSEMBLE
from recsys.evaluation.intervals import interval
from recsys.evaluation.metrics import gains, mean_over_groups
from recsys.evaluation.ranked_lists import RankedLists

METRIC = "ndcg@20"


@dataclass(frozen=True)
class Verdict:
    """The ensemble against the best of the others, by NDCG@20.

    Attributes:
        best: the name of the best of the others.
        difference: the ensemble's figure less the other's: means over hours, question by question.
        low, high: its 95% interval.
    """

    best: str
    difference: float
    low: float
    high: float

    @classmethod
    def of(cls, lists: RankedLists) -> Self:
        """From the lists of all systems, at least one beside the ensemble, for the same questions."""
        hours = lists.tasks.moments
        gained = {name: gains(ranks, METRIC) for name, ranks in lists.ranks.items()}
        ensemble = gained.pop(ENSEMBLE)
        best = max(gained, key=lambda name: mean_over_groups(gained[name], hours))
        difference = ensemble - gained[best]
        return cls(best, mean_over_groups(difference, hours), *interval(difference, hours))

    def in_words(self, label: str) -> str:
        """In a sentence; ``label`` names the best of the others."""
        if self.low > 0:
            told = "better than"
        elif self.high < 0:
            told = "worse than"
        else:
            told = "not better or worse, beyond chance, than"
        return (
            f"The ensemble is {told} the best of the others, {label}: a difference of {self.difference:+.4f} NDCG@20, "
            f"between {self.low:+.4f} and {self.high:+.4f} (95% interval)."
        )
