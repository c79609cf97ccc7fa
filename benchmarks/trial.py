"""Does a change of settings pay? All ways trained anew, on the same tuning sessions, more than once.

python -m benchmarks.trial --data GLOBO --settings A.toml [--settings C.toml] [--against B.toml] [--seeds 2]

A file holds only what is to be different from the defaults; without ``--against``, the defaults are what each is held
against. Whatever they have in common is fitted once. A difference is that of the same requests, averaged over
seeds, and its 95% interval is a bootstrap over windows. Test sessions are never asked.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
import numpy as np
from pydantic import BaseModel

from recsys.backtest.walk import measured_spans
from recsys.core.entities import ENSEMBLE
from recsys.core.types import Bools, Doubles, Longs
from recsys.data.click_log import ClickLog
from recsys.data.loader import load
from recsys.data.next_click import NextClickTasks
from recsys.engine.engine import Engine
from recsys.errors import InputError
from recsys.evaluation import protocols
from recsys.evaluation.cold_start import rank_cold_tasks
from recsys.evaluation.intervals import interval
from recsys.evaluation.metrics import gains, mean_over_groups
from recsys.evaluation.ranked_lists import RankedLists, rank_tasks
from recsys.evaluation.report import SavedReport
from recsys.evaluation.segments import segments
from recsys.ranking.ensemble import Ensemble
from recsys.training.adaptation import adapted
from recsys.training.settings import TrainingSettings, WalkForwardSettings

METRICS = ("ndcg@20", "hr@20")
BEFORE = "before"
"""Among the ways, what each change is held against; changes go by the paths of their files."""
CUTS = ("article age", "clicks before")
"""Segments that are shown besides all requests and new visitors."""


class Change(BaseModel):
    """One metric of some requests, before and after, and the 95% interval of the difference."""

    requests: int
    before: float
    after: float
    low: float
    high: float


class Trial(SavedReport):
    """What each change came to: by its name, then by requests, then by metric."""

    windows: tuple[int, int]
    seeds: int
    changes: dict[str, dict[str, dict[str, Change]]]

    def table(self) -> str:
        """As text: a part for each change, with a line for each kind of requests."""
        return "\n\n".join(self._part(name) for name in self.changes)

    def _part(self, name: str) -> str:
        lines = [f"{name:<32}{'requests':>9}" + "".join(f"   {metric:<41}" for metric in METRICS).rstrip()]
        for which, by_metric in self.changes[name].items():
            found = [by_metric[metric] for metric in METRICS]
            cells = "".join(
                f"   {one.before:.4f} -> {one.after:.4f}  {one.low:+.4f} to {one.high:+.4f}   " for one in found
            )
            lines.append(f"{which:<32}{found[0].requests:>9,}{cells}".rstrip())
        return "\n".join(lines)


@dataclass(frozen=True)
class Asked:
    """What two ways answered to the same requests, seed after seed."""

    before: list[RankedLists]
    after: list[RankedLists]

    def changes(self, log: ClickLog, which: Bools | None = None) -> dict[str, Change]:
        """Every metric's change over the requests, or over some of them."""
        tasks = self.before[0].tasks
        mine = np.ones(len(tasks), bool) if which is None else which
        windows = protocols.windows_of(tasks, log)[mine]
        return {
            metric: change(self._gains(self.before, metric)[mine], self._gains(self.after, metric)[mine], windows)
            for metric in METRICS
        }

    @staticmethod
    def _gains(lists: list[RankedLists], metric: str) -> Doubles:
        return np.asarray(np.mean([gains(one.ranks[ENSEMBLE], metric) for one in lists], axis=0))


def change(before: Doubles, after: Doubles, windows: Longs) -> Change:
    """The means within each window, then over windows; and how sure the difference is. Shapes (requests,)."""
    low, high = interval(after - before, windows)
    first, then = (round(mean_over_groups(one, windows), 5) for one in (before, after))
    return Change(requests=len(before), before=first, after=then, low=round(low, 5), high=round(high, 5))


def with_seed(settings: TrainingSettings, number: int) -> TrainingSettings:
    """The same settings with other seeds, wherever there is one; with those that they have for 0."""

    def moved(value: Any) -> Any:
        if not isinstance(value, dict):
            return value
        return {name: one + number if name == "seed" else moved(one) for name, one in value.items()}

    return TrainingSettings.model_validate(moved(settings.model_dump(mode="json")))


def tried(
    log: ClickLog,
    before: TrainingSettings,
    after: Mapping[str, TrainingSettings],
    windows: tuple[int, int],
    seeds: int,
    limit: int | None,
) -> Trial:
    """Train all ways, and ask them the same.

    Args:
        log: all clicks.
        before: what each change is held against.
        after: the changes, by name.
        windows: hours from the first and up to the last, which is not asked.
        seeds: how often each is trained.
        limit: most requests of a window.

    Raises:
        InputError: the ways cut the log into spans of different lengths.
    """
    start, _ = protocols.start_and_end(log, windows)
    before, *changed = (adapted(one, log.before(start)) for one in (before, *after.values()))
    if any(one.walk_forward.span_hours != before.walk_forward.span_hours for one in changed):
        raise InputError("All ways must be trained again as often as each other: [walk_forward] span_hours differs.")
    ways = {BEFORE: before} | dict(zip(after, changed, strict=True))
    tasks = protocols.hourly(log, windows, tuning=True, limit=limit)
    new = protocols.cold(log, windows, tuning=True, limit=limit)
    lists: dict[str, list[RankedLists]] = {name: [] for name in ways}
    cold: dict[str, list[RankedLists]] = {name: [] for name in ways}
    for number in range(seeds):
        for walk in dict.fromkeys(one.walk_forward for one in ways.values()):
            alike = {name: with_seed(one, number) for name, one in ways.items() if one.walk_forward == walk}
            for name, (ranked, ranked_cold) in _answers(log, alike, walk, windows, tasks, new).items():
                lists[name].append(ranked)
                cold[name].append(ranked_cold)
    changes = {
        name: by_requests(log, Asked(lists[BEFORE], lists[name]), Asked(cold[BEFORE], cold[name])) for name in after
    }
    return Trial(windows=windows, seeds=seeds, changes=changes)


def _answers(
    log: ClickLog,
    ways: Mapping[str, TrainingSettings],
    walk: WalkForwardSettings,
    windows: tuple[int, int],
    tasks: NextClickTasks,
    new: NextClickTasks,
) -> dict[str, tuple[RankedLists, RankedLists]]:
    """The lists of ways that walk alike, and those for new visitors; what the ways have in common is fitted once."""
    ensembles = {name: Ensemble.of(one) for name, one in ways.items()}
    found: dict[str, list[RankedLists]] = {name: [] for name in ways}
    found_cold: dict[str, list[RankedLists]] = {name: [] for name in ways}
    for span, engines, report in measured_spans(walk, log, protocols.start_and_end(log, windows), ensembles):
        for number, (name, engine) in enumerate(engines.items(), start=1):
            assert isinstance(engine, Engine)
            found[name].append(rank_tasks({ENSEMBLE: engine}, tasks.opening_in(*span), lambda _: None))
            found_cold[name].append(rank_cold_tasks(engine, new.opening_in(*span), lambda _: None))
            report(number / len(engines))
    return {name: (RankedLists.joined(found[name]), RankedLists.joined(found_cold[name])) for name in ways}


def by_requests(log: ClickLog, asked: Asked, asked_cold: Asked) -> dict[str, dict[str, Change]]:
    """A change for all requests, for new visitors, and by ``CUTS``."""
    changes = {"all": asked.changes(log), "new visitors, first click": asked_cold.changes(log)}
    for cut, names in segments(asked.before[0].tasks, log).items():
        for name in np.unique(names).tolist() if cut in CUTS else ():
            changes[f"{cut}: {name}"] = asked.changes(log, names == name)
    return changes


@click.command()
@click.option("--data", required=True, type=click.Path(path_type=Path, exists=True))
@click.option("--settings", "after", required=True, multiple=True, type=click.Path(path_type=Path))
@click.option("--against", "before", type=click.Path(path_type=Path))
@click.option("--windows", default="216:264", show_default=True)
@click.option("--seeds", default=2, show_default=True, type=click.IntRange(min=1))
@click.option("--limit", type=click.IntRange(min=1), help="Most requests of a window.")
@click.option("--json", "json_file", type=click.Path(path_type=Path))
def main(
    data: Path,
    after: tuple[Path, ...],
    before: Path | None,
    windows: str,
    seeds: int,
    limit: int | None,
    json_file: Path | None,
) -> None:
    """Try changes, and print what each came to."""
    try:
        against = TrainingSettings() if before is None else TrainingSettings.read(before)
        changed = {str(one): TrainingSettings.read(one) for one in after}
        log, _ = load(data)
        first, end = map(int, windows.split(":"))
        report = tried(log, against, changed, (first, end), seeds, limit)
    except InputError as error:
        raise click.ClickException(str(error)) from None
    if json_file is not None:
        report.write(json_file)
    click.echo(report.table())


if __name__ == "__main__":
    main()
