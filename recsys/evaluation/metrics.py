"""Ranking metrics for requests with one relevant article each."""

from __future__ import annotations

import numpy as np

from recsys.core.types import Doubles, Longs

CUTS = {"ndcg@20": 20, "hr@20": 20, "hr@10": 10, "hr@5": 5, "mrr@10": 10, "mrr@5": 5}
"""Every metric that the project reports, with the length of list that it looks at."""
METRICS = tuple(CUTS)


def label(metric: str) -> str:
    """A metric's name in tables: ``NDCG@20``."""
    return metric.upper()


def gains(ranks: Longs, metric: str) -> Doubles:
    """What each request adds to a metric, given the rank of its target.

    With one relevant article NDCG is 1 / log2(rank + 1) (Järvelin & Kekäläinen, TOIS 2002), HR is 1, MRR is
    1 / rank; each is 0 below the cut.
    """
    found = (ranks > 0) & (ranks <= CUTS[metric])
    rank = np.maximum(ranks, 1)
    if metric.startswith("ndcg"):
        value = 1.0 / np.log2(rank + 1.0)
    elif metric.startswith("mrr"):
        value = 1.0 / rank
    else:
        value = np.ones(len(rank))
    return np.where(found, value, 0.0)


def group_means(values: Doubles, groups: Longs) -> Doubles:
    """The mean within each group, in the order of the groups' numbers. Shapes (n,) and (n,) to (groups,)."""
    _, which, sizes = np.unique(groups, return_inverse=True, return_counts=True)
    return np.asarray(np.bincount(which, values, len(sizes)) / sizes)


def mean_over_groups(values: Doubles, groups: Longs) -> float:
    """The mean of the groups' means; not a number where there is nothing. Shapes (n,)."""
    return float(group_means(values, groups).mean()) if len(values) else float("nan")


def summary(ranks: Longs, groups: Longs) -> dict[str, float]:
    """Every metric: the mean within each group (an hour, say), then the mean over groups. Shapes (n,)."""
    return {metric: mean_over_groups(gains(ranks, metric), groups) for metric in CUTS}
