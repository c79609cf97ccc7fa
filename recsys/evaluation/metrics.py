"""Ranking metrics for requests with one relevant article each."""

from __future__ import annotations

import numpy as np

from recsys.domain import Doubles, Ints, Longs

CUTS = {"ndcg@20": 20, "hr@20": 20, "hr@10": 10, "hr@5": 5, "mrr@10": 10, "mrr@5": 5}


def places_of(targets: Ints, items: Ints) -> Longs:
    """The place of each target in its row, from 1; 0 where it is not there. Shapes (n,), (n, length)."""
    hits = items == targets[:, None]
    return np.where(hits.any(axis=1), hits.argmax(axis=1) + 1, 0)


def gains(places: Longs, metric: str) -> Doubles:
    """What each request adds to a metric, given the place of its target.

    With one relevant article NDCG is 1 / log2(place + 1) (Järvelin & Kekäläinen, TOIS 2002), HR is 1, MRR is
    1 / place; each is 0 below the cut.
    """
    found = (places > 0) & (places <= CUTS[metric])
    place = np.maximum(places, 1)
    if metric.startswith("ndcg"):
        value = 1.0 / np.log2(place + 1.0)
    elif metric.startswith("mrr"):
        value = 1.0 / place
    else:
        value = np.ones(len(place))
    return np.where(found, value, 0.0)


def summary(places: Longs, groups: Longs) -> dict[str, float]:
    """Every metric: the mean within each group (an hour, say), then the mean over groups. Shapes (n,)."""
    _, which, sizes = np.unique(groups, return_inverse=True, return_counts=True)
    result = {}
    for metric in CUTS:
        sums = np.bincount(which, gains(places, metric), len(sizes))
        result[metric] = float(np.mean(sums / sizes)) if len(sizes) else float("nan")
    return result


def interval(values: Doubles, groups: Longs, draws: int = 2_000, seed: int = 5) -> tuple[float, float]:
    """The 95% interval of the mean over groups of the means within them: a bootstrap over groups. Shapes (n,)."""
    _, which, sizes = np.unique(groups, return_inverse=True, return_counts=True)
    means = np.bincount(which, values) / sizes
    drawn = np.random.default_rng(seed).integers(len(means), size=(draws, len(means)))
    low, high = np.percentile(means[drawn].mean(axis=1), [2.5, 97.5])
    return float(low), float(high)
