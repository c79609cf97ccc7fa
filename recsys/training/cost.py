"""What a training will take, told before it begins."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from typing import Self

SECONDS, SECONDS_PER_ROOT = 45.0, 0.28
GIGABYTES, GIGABYTES_PER_MILLION = 1.1, 1.25
"""Fitted by eye to logs of 8,000 to 2.7 million clicks on two cores (docs/data.md, docs/performance.md), which took
1 to 8 minutes and 1.0 to 4.4 GB; most are met to a quarter, one took half as long again."""


@dataclass(frozen=True)
class Cost:
    """How long a training takes on two cores, and how much memory it needs."""

    minutes: float
    gigabytes: float

    @classmethod
    def of(cls, clicks: int) -> Self:
        """That of a log of so many clicks."""
        seconds = SECONDS + SECONDS_PER_ROOT * sqrt(clicks)
        return cls(seconds / 60, GIGABYTES + GIGABYTES_PER_MILLION * clicks / 1e6)

    def in_words(self, free_gigabytes: float | None) -> str:
        """In a sentence or two, with the memory that is free where that is known."""
        minutes = max(round(self.minutes), 1)
        told = f"Training takes about {minutes} minute{'s' * (minutes > 1)} and {self.gigabytes:.1f} GB of memory"
        if free_gigabytes is None:
            return f"{told}."
        if self.fits(free_gigabytes):
            return f"{told}; {free_gigabytes:.1f} GB are free here."
        return f"{told}, and only {free_gigabytes:.1f} GB are free here. Take a larger machine, or the last days alone."

    def fits(self, free_gigabytes: float | None) -> bool:
        """Whether there is memory enough, as far as is known."""
        return free_gigabytes is None or self.gigabytes <= free_gigabytes
