"""How much of a log's end is held back: a day, or as much more as it takes to measure anything."""

from __future__ import annotations

from dataclasses import dataclass

from recsys.core.types import DAY, HOUR
from recsys.data.click_log import ClickLog
from recsys.data.next_click import NextClickTasks, next_click_tasks
from recsys.errors import InputError

ENOUGH = 200
"""Questions from which quality can be told."""
LARGEST_SHARE = 0.25
"""Of a log's length that is held back, where no hours are named."""


@dataclass(frozen=True)
class Holdout:
    """The hours held back, how many questions they hold, and how many hours would hold ``ENOUGH``, where any would."""

    hours: int
    questions: int
    enough: int | None

    def in_words(self) -> str:
        """How many questions there are, and what would give more."""
        told = f"The last {self.hours:,} hours hold {self.questions:,} questions to measure on"
        if self.questions >= ENOUGH:
            return f"{told}, which is enough."
        more = f"with --replay-hours {self.enough} it would" if self.enough else "only a longer log would"
        return f"{told}; about {ENOUGH} are needed for figures that mean anything: {more} hold as many."


def questions(tasks: NextClickTasks) -> NextClickTasks:
    """What quality is measured on: the last clicks of visits of two clicks or more."""
    return tasks.rows(tasks.last & (tasks.position > 0))


def choose_holdout(log: ClickLog, end: int, hours: int | None = None) -> Holdout:
    """How many of the hours before ``end``, ms, to hold back; ``hours`` where somebody has named them.

    A day, or a third of a log that is shorter than two; more, up to a quarter of the log, until they hold enough
    questions.

    Raises:
        InputError: no question can be asked.
    """
    begin = int(log.clicks.times[0])
    length = (end - begin) // HOUR
    openings = questions(next_click_tasks(log.before(end))).openings

    def count(back: int) -> int:
        return int((openings >= end - back * HOUR).sum())

    least = 24 if length >= 48 else max(length // 3, 1)
    tried = [least, *range(48, int(max(length * LARGEST_SHARE, least)) + 1, DAY // HOUR)]
    enough = next((back for back in tried if count(back) >= ENOUGH), None)
    chosen = hours or enough or max(tried)
    if not len(openings):
        raise InputError(
            "There is no question to measure on: no visit has two different clicks one after the other. A column of "
            "sessions, or a longer pause under [sessions] in a dataset.toml, may help."
        )
    if enough is None:
        enough = next((back for back in range(max(tried), int(length * 0.7), 24) if count(back) >= ENOUGH), None)
    return Holdout(chosen, count(chosen), enough if enough != chosen else None)
