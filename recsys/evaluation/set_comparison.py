"""Is the new set better than the old one, and for whom: the same questions to both, compared pair by pair."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from pydantic import BaseModel

from recsys.core.arrays import ranks_of
from recsys.core.timestamps import iso
from recsys.core.types import HOUR, PAD, Bools, Doubles, Longs
from recsys.evaluation.intervals import interval
from recsys.evaluation.metrics import METRICS, gains, mean_over_groups
from recsys.evaluation.report import SavedReport
from recsys.evaluation.segments import Names

PERSISTENCE = 0.9
"""Of rank-biased overlap: the first ten articles carry 86% of its weight."""
MOST_VISITS = 20
"""Of those on which two sets differ, so many are named."""


@dataclass(frozen=True)
class Answered:
    """The same questions, answered by two sets; arrays of shape (questions,), lists (questions, depth).

    Attributes:
        user_ids: whose next click it is.
        as_of: the moment at which it was asked, ms.
        targets: the ids of the articles that were really opened.
        segments: which questions are alike.
        old, new: the ids of the articles that each set lists, padded.
    """

    user_ids: Longs
    as_of: Longs
    targets: Longs
    segments: Mapping[str, Names]
    old: Longs
    new: Longs


class Pair(BaseModel):
    """A figure of both sets, and the 95% interval of the difference, question by question."""

    requests: int
    old: float
    new: float
    difference: float
    interval: tuple[float, float]


class ComparedVisit(BaseModel):
    """A visit, the rank that each set gave the article opened next (0: not listed), and how alike the lists are."""

    user_id: int
    as_of: str
    opened: int
    rank_old: int
    rank_new: int
    overlap: float


class SetComparison(SavedReport):
    """What ``recsys compare-sets --json`` writes.

    Attributes:
        old, new: what the sets are called.
        asked: which questions both were asked.
        notes: what one of them does not know.
        metrics: by metric: means within an hour, then over hours.
        by_segment: NDCG@20 by segment: plain means.
        overlap: how alike the lists are, from 0 to 1: the mean of rank-biased overlap (Webber, Moffat & Zobel, TOIS
            2010).
        wins: how many questions each answered better, and how many they answered alike.
        visits: those on which they differ most.
    """

    old: str
    new: str
    asked: str
    notes: list[str]
    metrics: dict[str, Pair]
    by_segment: dict[str, dict[str, Pair]]
    overlap: float
    wins: dict[str, int]
    visits: list[ComparedVisit]

    def verdict(self, new: str, old: str) -> str:
        """Which is better, by NDCG@20 and beyond chance, in a sentence without its stop."""
        low, high = self.metrics["ndcg@20"].interval
        better = new if low > 0 else old if high < 0 else ""
        return f"{better[0].upper()}{better[1:]} is better" if better else "There is no difference beyond chance"

    def is_worse(self, tolerance: float) -> bool:
        """Whether the new set's NDCG@20 is worse by more than the tolerance, beyond chance."""
        return self.metrics["ndcg@20"].interval[1] < -tolerance


def compare(answered: Answered, old: str, new: str, asked: str, notes: list[str]) -> SetComparison:
    """Compare two sets' answers; the texts are as in ``SetComparison``."""
    hours = answered.as_of // HOUR
    ranks = [ranks_of(answered.targets, items) for items in (answered.old, answered.new)]
    gained = {metric: [gains(one, metric) for one in ranks] for metric in METRICS}
    ndcg_old, ndcg_new = gained["ndcg@20"]
    everything = np.ones(len(hours), bool)
    alike = overlaps(answered.old, answered.new)

    def pair(which: Bools, metric: str, groups: Longs) -> Pair:
        mine_old, mine_new = (values[which] for values in gained[metric])
        low, high = interval(mine_new - mine_old, groups[which])
        means = [mean_over_groups(values, groups[which]) for values in (mine_old, mine_new)]
        return Pair(
            requests=int(which.sum()),
            old=round(means[0], 5),
            new=round(means[1], 5),
            difference=round(means[1] - means[0], 5),
            interval=(round(low, 5), round(high, 5)),
        )

    each = np.arange(len(hours))
    differing = np.flatnonzero((answered.old != answered.new).any(axis=1))
    most = differing[np.lexsort((alike[differing], -np.abs(ndcg_new - ndcg_old)[differing]))][:MOST_VISITS]
    return SetComparison(
        old=old,
        new=new,
        asked=asked,
        notes=notes,
        metrics={metric: pair(everything, metric, hours) for metric in METRICS},
        by_segment={
            cut: {name: pair(names == name, "ndcg@20", each) for name in np.unique(names).tolist()}
            for cut, names in answered.segments.items()
        },
        overlap=round(float(alike.mean()), 4),
        wins={
            "new": int((ndcg_new > ndcg_old).sum()),
            "old": int((ndcg_new < ndcg_old).sum()),
            "alike": int((ndcg_new == ndcg_old).sum()),
        },
        visits=[
            ComparedVisit(
                user_id=int(answered.user_ids[row]),
                as_of=iso(int(answered.as_of[row])),
                opened=int(answered.targets[row]),
                rank_old=int(ranks[0][row]),
                rank_new=int(ranks[1][row]),
                overlap=round(float(alike[row]), 3),
            )
            for row in most.tolist()
        ],
    )


def overlaps(these: Longs, those: Longs) -> Doubles:
    """Rank-biased overlap of lists of the same length, extrapolated from what is seen of them; shape (lists,).

    ``(1 - p) / p * sum over d of (X_d / d) p^d + (X_k / k) p^k``, where ``X_d`` counts the articles that the first
    ``d`` of both have in common (Webber, Moffat & Zobel, TOIS 2010: RBO_EXT). Shapes (lists, depth).
    """
    depth = these.shape[1]
    same = (these[:, :, None] == those[:, None, :]) & (these != PAD)[:, :, None]
    deeper = np.maximum.outer(np.arange(depth), np.arange(depth))
    common = np.stack([same[:, deeper == d].sum(axis=1) for d in range(depth)], axis=1).cumsum(axis=1)
    depths = np.arange(1, depth + 1)
    shares, weights = common / depths, PERSISTENCE**depths
    return np.asarray((1 - PERSISTENCE) / PERSISTENCE * shares @ weights + shares[:, -1] * weights[-1])


def list_overlap(these: Sequence[int], those: Sequence[int]) -> float:
    """The same of two lists of ids, as far as the longer one goes."""
    depth = max(len(these), len(those))
    if not depth:
        return 1.0
    a, b = (np.array([[*one, *[PAD] * (depth - len(one))]], np.int64) for one in (these, those))
    return float(overlaps(a, b)[0])


def comparison_table(found: SetComparison) -> str:
    """The comparison as text."""
    lines = [f"Old: {found.old}", f"New: {found.new}", found.asked, *found.notes, ""]
    lines.append(f"{'':<34}{'requests':>9}{'old':>9}{'new':>9}{'new - old':>11}   95%")
    lines += [_row(metric, one) for metric, one in found.metrics.items()]
    lines += ["", "NDCG@20 by segment:"]
    for cut, segments in found.by_segment.items():
        lines += [_row(f"{cut}: {name}", one) for name, one in segments.items()]
    wins = found.wins
    lines += [
        "",
        f"The lists are alike by {found.overlap:.2f} of 1 (rank-biased overlap). The new set answered {wins['new']:,} "
        f"requests better, the old one {wins['old']:,}, and {wins['alike']:,} they answered equally well.",
        "",
        "Where they differ most (rank of what was opened; 0: not listed):",
        f"  {'reader':>9}  {'as of':<25}{'old':>5}{'new':>5}{'overlap':>9}",
    ]
    lines += [
        f"  {one.user_id:>9}  {one.as_of:<25}{one.rank_old:>5}{one.rank_new:>5}{one.overlap:>9.2f}"
        for one in found.visits
    ]
    return "\n".join(lines)


def _row(name: str, pair: Pair) -> str:
    low, high = pair.interval
    return (
        f"  {name:<32}{pair.requests:>9,}{pair.old:>9.4f}{pair.new:>9.4f}{pair.difference:>+11.4f}   "
        f"{low:+.4f} to {high:+.4f}"
    )
