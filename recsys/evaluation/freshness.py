"""What ``recsys backtest --protocol freshness --json`` writes: quality against the age of what a system knows."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel

from recsys.core.entities import ENSEMBLE
from recsys.evaluation.report import SavedReport


class FreshnessPoint(BaseModel):
    """Every system's figures on the same requests, where one thing had a certain age."""

    age: str
    hours: float
    results: dict[str, dict[str, Any]]

    @property
    def ensemble(self) -> dict[str, Any]:
        """The figures of the ensemble."""
        return self.results[ENSEMBLE]


class FreshnessReport(SavedReport):
    """Two curves over the same requests, and where they end.

    Attributes:
        counts: by the age of the newest click that the counts know, the oldest first, where the trained parts are
            ``counts_trained_days_ago`` old.
        trained: by the age of the trained parts, the youngest first, where the counts are those of ``hourly``.
        static: static lists, which know no clock, trained every day.
    """

    protocol: Literal["freshness"] = "freshness"
    dataset: str
    windows: tuple[int, int]
    requests: int
    limit: int
    sessions: str
    seconds: float
    peak_memory_mb: float
    counts: list[FreshnessPoint]
    counts_trained_days_ago: int
    trained: list[FreshnessPoint]
    static: dict[str, Any]


def freshness_table(report: FreshnessReport) -> str:
    """The figures as text."""
    first, last = report.windows
    lines = [
        f"freshness, {report.dataset}, windows {first} to {last - 1}: {report.requests:,} requests of "
        f"{report.sessions} sessions; {report.seconds:,.0f} s, peak memory {report.peak_memory_mb:,.0f} MB.",
        "",
        f"{'':<46}  NDCG@20    HR@20   95% of NDCG@20",
        f"The counts end so much before the request (trained {report.counts_trained_days_ago} days ago):",
        *(_row(point.age, point.ensemble) for point in report.counts),
        "The parts were trained so long ago (the counts end with the hour):",
        *(_row(point.age, point.ensemble) for point in report.trained),
        "No clock at all:",
        _row("static lists", report.static),
    ]
    return "\n".join(lines)


def _row(name: str, figures: dict[str, Any]) -> str:
    low, high = figures["ci95_ndcg@20"]
    return f"  {name:<44}{figures['ndcg@20']:>9.4f}{figures['hr@20']:>9.4f}   {low:.4f}–{high:.4f}"
