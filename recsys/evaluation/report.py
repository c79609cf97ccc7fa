"""A backtest's figures: the form in which they are printed, kept and shown."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Self

import numpy as np
from pydantic import BaseModel, ValidationError

from recsys.core.files import write_text
from recsys.core.types import Longs
from recsys.data.click_log import ClickLog
from recsys.errors import InputError
from recsys.evaluation.beyond_accuracy import beyond_accuracy
from recsys.evaluation.funnel import Counts, Funnel, of_100
from recsys.evaluation.intervals import interval
from recsys.evaluation.metrics import METRICS, gains, group_means
from recsys.evaluation.ranked_lists import RankedLists
from recsys.evaluation.segments import segments
from recsys.ranking.fates import Fate

FATES = {
    Fate.SHOWN: "shown",
    Fate.BELOW: "below the list",
    Fate.DROPPED: "dropped by the first stage",
    Fate.NOT_SUGGESTED: "not suggested",
    Fate.ALREADY_READ: "already read",
    Fate.NOT_IN_PLAY: "not in play",
}
SEGMENT_METRICS = ("ndcg@20", "hr@20")
Figures = dict[str, float]


class SavedReport(BaseModel):
    """Figures that are saved as a JSON file."""

    @classmethod
    def read(cls, path: Path) -> Self:
        """The report in a file.

        Raises:
            InputError: the file is not of the form that this program writes.
        """
        try:
            return cls.model_validate_json(path.read_bytes())
        except ValidationError as error:
            raise InputError(f"{path} can't be read: measure the figures again with this program.") from error

    def write(self, path: Path) -> None:
        """Save the report. Errors as in ``write_text``."""
        write_text(path, self.model_dump_json(indent=1) + "\n")


class BacktestReport(SavedReport):
    """What ``recsys backtest --json`` writes. Systems are named as in the protocols."""

    protocol: str
    dataset: str
    windows: tuple[int, int]
    windows_counted: int
    requests: int
    limit: int | None
    sessions: str
    retrained_every: str
    seconds: float
    peak_memory_mb: float
    results: dict[str, dict[str, Any]]
    by_window: dict[str, Figures]
    by_segment: dict[str, dict[str, dict[str, Any]]]
    beyond_accuracy: dict[str, Figures]
    cold: dict[str, Any]
    funnel: Funnel | None = None
    """Of the ensemble; None in reports from before it was measured."""


def results(lists: RankedLists, windows: Longs) -> dict[str, dict[str, Any]]:
    """Every metric of every system: means within a window, then over windows, with the interval of NDCG@20."""
    found: dict[str, dict[str, Any]] = {}
    for name, metrics in lists.metrics(windows).items():
        found[name] = {metric: round(value, 5) for metric, value in metrics.items()}
        low, high = interval(gains(lists.ranks[name], "ndcg@20"), windows)
        found[name]["ci95_ndcg@20"] = [round(low, 5), round(high, 5)]
    return found


def by_window(lists: RankedLists, windows: Longs) -> dict[str, Figures]:
    """NDCG@20 of every system in each window, with the number of requests."""
    numbers, counts = np.unique(windows, return_counts=True)
    names = [str(number) for number in numbers.tolist()]
    table: dict[str, Figures] = {name: {"requests": n} for name, n in zip(names, counts.tolist(), strict=True)}
    for system, ranks in lists.ranks.items():
        means = group_means(gains(ranks, "ndcg@20"), windows)
        for window, mean in zip(names, means.tolist(), strict=True):
            table[window][system] = round(mean, 5)
    return table


def by_segment(lists: RankedLists, log: ClickLog) -> dict[str, dict[str, dict[str, Any]]]:
    """NDCG@20 and HR@20 of every system in each segment: plain means over the segment's requests."""
    table: dict[str, dict[str, dict[str, Any]]] = {}
    for cut, names in segments(lists.tasks, log).items():
        table[cut] = {}
        for name in np.unique(names).tolist():
            mine = names == name
            table[cut][name] = {"requests": int(mine.sum())} | {
                system: {metric: round(float(gains(ranks[mine], metric).mean()), 5) for metric in SEGMENT_METRICS}
                for system, ranks in lists.ranks.items()
            }
    return table


def beyond(lists: RankedLists, windows: Longs, log: ClickLog) -> dict[str, Figures]:
    """Coverage, diversity and novelty of every system."""
    return {
        name: {measure: round(value, 4) for measure, value in beyond_accuracy(items, windows, log).items()}
        for name, items in lists.lists.items()
    }


def cold_block(lists: RankedLists, windows: Longs) -> dict[str, Any]:
    """The figures of new visitors at their first click."""
    return {"requests": len(lists.tasks), "results": results(lists, windows)}


def table(report: BacktestReport) -> str:
    """The figures as text."""
    first, last = report.windows
    lines = [
        f"{report.protocol}, {report.dataset}, windows {first} to {last - 1}: {report.requests:,} requests of "
        f"{report.sessions} sessions in {report.windows_counted} windows, retrained every {report.retrained_every}; "
        f"{report.seconds:,.0f} s, peak memory {report.peak_memory_mb:,.0f} MB.",
        "",
        *_rows(report.results),
    ]
    if report.funnel is not None:
        lines += ["", f"Of 100 next clicks, by what came of them: {fates_of_100(report.funnel.fates)}."]
    if report.cold:
        lines += ["", f"New visitors at their first click, {report.cold['requests']:,} requests:", ""]
        lines += _rows(report.cold["results"])
    return "\n".join(lines)


def fates_of_100(counts: Counts) -> str:
    """How many of a hundred requests ended in each fate, the farthest first."""
    return ", ".join(f"{of_100(counts, fate):.1f} {FATES[fate]}" for fate in Fate if fate.key in counts)


def _rows(figures: dict[str, dict[str, Any]]) -> list[str]:
    lines = [f"{'':<26}" + "".join(f"{metric:>9}" for metric in METRICS) + "   95% of NDCG@20"]
    for name, values in figures.items():
        low, high = values["ci95_ndcg@20"]
        cells = "".join(f"{values[metric]:>9.4f}" for metric in METRICS)
        lines.append(f"{name:<26}{cells}   {low:.4f}–{high:.4f}")
    return lines
