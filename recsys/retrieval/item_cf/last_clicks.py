"""A visitor's last clicks and what each counts: where both ways of item-to-item CF start."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np

from recsys.core.batches import Visitors
from recsys.core.types import HOUR, PAD, Doubles, Ints, Longs


@dataclass(frozen=True, eq=False)
class LastClicks:
    """The last clicks of a batch, one visitor after the other; arrays of shape (clicks,).

    Attributes:
        visitors: whose each is: a row of the batch.
        items: the article.
        weights: what it counts. An article that was clicked twice is there twice.
        batch: the number of visitors.
    """

    visitors: Longs
    items: Ints
    weights: Doubles
    batch: int

    @classmethod
    def of(cls, visitors: Visitors, most: int, damping: float, half_life: float) -> Self:
        """Up to ``most`` of each visitor: earlier ones count ``damping`` times, after ``half_life`` hours half."""
        items = visitors.items[:, :most]
        row, place = (items != PAD).nonzero()
        hours = (visitors.as_of[row] - visitors.times[row, place]) / HOUR
        return cls(row, items[row, place], damping**place * np.exp2(-hours / half_life), len(visitors))
