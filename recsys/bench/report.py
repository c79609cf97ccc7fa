"""The figures of a bench run, as they are printed and kept."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Self

import numpy as np
from pydantic import BaseModel

from recsys.evaluation.report import SavedReport


class Times(BaseModel):
    """Milliseconds: the medians over several rounds of a round's median and 99th percentile.

    ``spread`` has the smallest and the largest of the rounds' medians: how noisy the machine was.
    """

    p50: float
    p99: float
    spread: tuple[float, float]

    @classmethod
    def of(cls, rounds: Sequence[Sequence[float]]) -> Self:
        """From the milliseconds of each round."""
        p50, p99 = np.array([np.percentile(one, [50, 99]) for one in rounds]).T
        low, high = round(float(p50.min()), 3), round(float(p50.max()), 3)
        return cls(p50=round(float(np.median(p50)), 3), p99=round(float(np.median(p99)), 3), spread=(low, high))

    def __str__(self) -> str:
        """In words."""
        low, high = self.spread
        return f"p50 {self.p50:.1f} ms, p99 {self.p99:.1f} ms (p50 of the rounds {low:.1f}–{high:.1f})"


class Counts(BaseModel):
    """What a request costs on any machine, the median over some visitors.

    Attributes:
        pool: articles that the retrievers suggested.
        steps: rows times trees of the reranker.
        calls: function calls of Python, those into libraries included.
        allocated_kb: the most memory that was allocated at a time.
    """

    pool: int
    steps: int
    calls: int
    allocated_kb: int


class BenchReport(SavedReport):
    """What ``recsys bench --json`` writes."""

    set: str
    users: int
    items: int
    load_s: float
    first_answer_s: float
    """After loading."""
    rss_mb: float
    """The most memory held, after every kind of request."""
    artifact_mb: float
    recommend_ms: Times
    policy_ms: Times | None = None
    """Under a policy of four rules; None in reports from before there were policies."""
    policies_add_ms: dict[str, float] | None = None
    """What each standard policy adds to a request, by name: the median over requests, each asked both ways."""
    new_visitor_ms: Times
    static_recommend_ms: Times
    explain_ms: Times
    batch_per_s: float
    advance_hour_ms: Times
    advance_busy_hour_ms: float
    """With as many clicks as the busiest hour of the real log."""
    counts: Counts
    yardstick_ms: dict[str, Times] | None = None
    """Of two fixed tasks in the same run, by the library that they are for; None in reports from before."""

    def lines(self) -> list[tuple[str, str]]:
        """What was measured, and what it came to."""
        counts = self.counts
        return [
            ("one request", str(self.recommend_ms)),
            ("the static way", str(self.static_recommend_ms)),
            ("ours as a share of it", f"{self.recommend_ms.p50 / self.static_recommend_ms.p50:.2f}"),
            *([] if self.policy_ms is None else [("under four rules", str(self.policy_ms))]),
            *((f"  adds: {name}", f"{ms:.2f} ms") for name, ms in (self.policies_add_ms or {}).items()),
            ("a new visitor", str(self.new_visitor_ms)),
            ("a new visitor, likewise", f"{self.new_visitor_ms.p50 / self.static_recommend_ms.p50:.2f}"),
            ("with why, 20 articles", str(self.explain_ms)),
            ("a batch of visitors", f"{self.batch_per_s:,.0f} a second"),
            ("as a multiple of one at a time", f"{self.batch_per_s * self.recommend_ms.p50 / 1000:.1f}"),
            ("an hour of clicks", str(self.advance_hour_ms)),
            ("the busiest hour", f"{self.advance_busy_hour_ms:.0f} ms"),
            *((f"yardstick: {name}", str(times)) for name, times in (self.yardstick_ms or {}).items()),
            ("load", f"{self.load_s:.2f} s, first answer {self.first_answer_s:.2f} s after"),
            ("memory", f"{self.rss_mb:.0f} MB"),
            ("artifacts", f"{self.artifact_mb:.1f} MB: {self.users:,} users, {self.items:,} articles"),
            ("a request's work", f"{counts.pool} articles suggested, {counts.steps:,} rows × trees, "
                             f"{counts.calls:,} calls, {counts.allocated_kb:,} KB at most"),
        ]  # fmt: skip

    def __str__(self) -> str:
        """A table for people."""
        lines = self.lines()
        width = max(len(name) for name, _ in lines)
        return "\n".join(f"{name:<{width}}  {value}" for name, value in lines)
