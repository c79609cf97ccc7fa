"""Intervals of means, by bootstrap."""

from __future__ import annotations

import numpy as np

from recsys.core.types import Doubles, Longs
from recsys.evaluation.metrics import group_means


def interval(values: Doubles, groups: Longs, draws: int = 2_000, seed: int = 5) -> tuple[float, float]:
    """The 95% interval of the mean over groups of the means within them: a bootstrap over groups. Shapes (n,)."""
    means = group_means(values, groups)
    drawn = np.random.default_rng(seed).integers(len(means), size=(draws, len(means)))
    low, high = np.percentile(means[drawn].mean(axis=1), [2.5, 97.5])
    return float(low), float(high)
