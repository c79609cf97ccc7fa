"""How fresh must it be? Quality against the age of what the counts know, and of the trained parts."""

from __future__ import annotations

import time
from dataclasses import dataclass

from recsys.backtest.baselines.static import STATIC
from recsys.backtest.runs import EARLIEST, WINDOWS
from recsys.backtest.walk import measured_spans
from recsys.core.entities import ENSEMBLE
from recsys.core.process import peak_memory_mb
from recsys.core.progress import Progress
from recsys.core.types import DAY, HOUR, MINUTE
from recsys.data.click_log import ClickLog
from recsys.data.next_click import NextClickTasks
from recsys.errors import InputError
from recsys.evaluation import protocols, report
from recsys.evaluation.freshness import FreshnessPoint, FreshnessReport
from recsys.evaluation.ranked_lists import RankedLists, rank_tasks
from recsys.ranking.ensemble import Ensemble
from recsys.training.settings import TrainingSettings, WalkForwardSettings
from recsys.training.walk_forward import spans, stages, walk_forward

COUNTS_HELD_BACK = {
    "a day": DAY,
    "6 hours": 6 * HOUR,
    "1 hour": HOUR,
    "10 minutes": 10 * MINUTE,
    "the request's own moment": 0,
}
TRAINED_DAYS_AGO = {"1 day": 1, "2 days": 2, "4 days": 4, "7 days": 7}
"""Parts of age n serve the n-th day after their training."""
COUNTS_AT = "2 days"
"""How old the trained parts are while the counts are held back: even counts a day old are then newer than they."""
LIMIT = 40
"""Requests of a window where no limit is named: each needs a moment of its own at every age."""
STATIC_NAME = "static"


@dataclass(frozen=True)
class _Plan:
    """What is measured: whole days, and of each day's requests some."""

    log: ClickLog
    tasks: NextClickTasks
    start: int
    end: int
    ages: dict[str, int]
    settings: TrainingSettings
    show: bool

    @property
    def daily(self) -> WalkForwardSettings:
        return self.settings.walk_forward.model_copy(update={"span_hours": DAY // HOUR})

    @property
    def known_from(self) -> int:
        return int(self.log.clicks.times[0])

    @property
    def known_until(self) -> int:
        return int(self.log.clicks.times[-1]) + 1


def freshness(
    log: ClickLog,
    windows: tuple[int, int] | None = None,
    settings: TrainingSettings | None = None,
    *,
    limit: int | None = None,
    tuning: bool = False,
    show: bool = True,
) -> FreshnessReport:
    """Measure the same requests with counts held back, and with parts trained longer ago.

    While the counts are held back, from those of ``live`` on, the trained parts are two days old; while the trained
    parts grow old, the counts are those of ``hourly``. Ages for which the log is too short are left out.

    Raises:
        InputError: the windows are not in the log, or there are not two days before them.
    """
    began = time.perf_counter()
    limit = LIMIT if limit is None else limit
    last = (log.end - protocols.origin(log)) // HOUR
    first, end = windows or (last - WINDOWS, last)
    ages = {name: days for name, days in TRAINED_DAYS_AGO.items() if first - 24 * (days - 1) >= EARLIEST}
    if not first < end <= last or COUNTS_AT not in ages:
        raise InputError(
            f"Windows {first}:{end} can't be measured: windows go from {EARLIEST + 24} to {last} for freshness."
        )
    tasks = protocols.hourly(log, (first, end), tuning=tuning, limit=limit)
    measured = protocols.start_and_end(log, (first, end))
    plan = _Plan(log, tasks, *measured, ages, settings or TrainingSettings(), show)
    trained, held_back = _of_all_ages(plan)
    static = RankedLists.joined(_of_static_lists(plan))

    def point(name: str, hours: float, parts: list[RankedLists]) -> FreshnessPoint:
        lists = RankedLists.joined(parts)
        results = report.results(lists, protocols.windows_of(lists.tasks, log))
        return FreshnessPoint(age=name, hours=hours, results=results)

    return FreshnessReport(
        dataset=log.dataset.name,
        windows=(first, end),
        requests=len(tasks),
        limit=limit,
        sessions="tuning" if tuning else "test",
        seconds=round(time.perf_counter() - began, 1),
        peak_memory_mb=round(peak_memory_mb(), 1),
        counts=[point(name, COUNTS_HELD_BACK[name] / HOUR, parts) for name, parts in held_back.items()],
        counts_trained_days_ago=ages[COUNTS_AT],
        trained=[point(name, 24.0 * ages[name], parts) for name, parts in trained.items()],
        static=report.results(static, protocols.windows_of(static.tasks, log))[STATIC_NAME],
    )


def _of_all_ages(plan: _Plan) -> tuple[dict[str, list[RankedLists]], dict[str, list[RankedLists]]]:
    """The ensemble's lists day by day: by the age of its trained parts, and by that of its counts.

    One walk serves all ages: an engine answers for each day for which it has one of the ages.
    """
    begin = plan.start - (max(plan.ages.values()) - 1) * DAY
    between = spans(plan.daily, plan.known_from, begin, plan.end)
    ensembles = {ENSEMBLE: Ensemble.of(plan.settings)}
    days = range(plan.start, plan.end, DAY)
    work = [
        (fitted_at, age, fitted_at + (number - 1) * DAY)
        for fitted_at, _ in between
        for age, number in plan.ages.items()
        if fitted_at + (number - 1) * DAY in days
    ]
    measuring = {_measuring(age, day): 8.0 if age == COUNTS_AT else 0.3 for _, age, day in work}
    progress = Progress(stages(between, ensembles, begin) | measuring, show=plan.show)
    trained: dict[str, list[RankedLists]] = {age: [] for age in plan.ages}
    held_back: dict[str, list[RankedLists]] = {age: [] for age in COUNTS_HELD_BACK}
    walk = walk_forward(plan.daily, plan.log, between, ensembles, begin, progress.stage, until=plan.known_until)
    for (fitted_at, _), engines in zip(between, walk, strict=True):
        for _, age, day in (one for one in work if one[0] == fitted_at):
            share = progress.stage(_measuring(age, day))
            tasks = plan.tasks.opening_in(day, min(day + DAY, plan.end))
            trained[age].append(rank_tasks(engines, tasks, share))
            for name, ms in COUNTS_HELD_BACK.items() if age == COUNTS_AT else ():
                held_back[name].append(rank_tasks(engines, protocols.live(tasks, ms), share))
    progress.close()
    return trained, held_back


def _of_static_lists(plan: _Plan) -> list[RankedLists]:
    """The lists of a system without a clock, fitted every day: what is left when everything is old."""
    walk = measured_spans(plan.daily, plan.log, (plan.start, plan.end), {STATIC_NAME: STATIC}, show=plan.show)
    return [rank_tasks(engines, plan.tasks.opening_in(*span), share) for span, engines, share in walk]


def _measuring(age: str, day: int) -> str:
    return f"Measuring {day // DAY}, {age} old"
