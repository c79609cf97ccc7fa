"""Next-click tasks: predict each real click of a log from what was known just before it."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from recsys.core.arrays import occurrence, ranges
from recsys.core.entities import CONTEXT_FIELDS, Click, Request
from recsys.core.types import HOUR, Codes, Ints, Longs
from recsys.data.click_log import ClickLog
from recsys.data.clicks import Clicks
from recsys.data.histories import Histories

LONGEST = 20
"""Sessions are cut to this many clicks."""


@dataclass(frozen=True)
class NextClickTasks:
    """Clicks of sessions as tasks: predict what a visitor opened next, given what is known of them so far.

    Attributes:
        clicks: the clicks of whole sessions, session after session.
        positions: the position of each click within its session, from 0, shape (clicks,).
        lasts: whether it is its session's last, shape (clicks,).
        at: which clicks are to be predicted, shape (tasks,). Every property has this shape.
        grid: others' clicks are known up to the start of the task's span of this length, ms.
        from_opening: whether that is the span in which the session opens, as in the ``hourly`` protocol, or that of the
            task itself.
        held_back: so much earlier than that, ms; of the visitor's own clicks none are held back.
    """

    clicks: Clicks
    positions: Longs
    lasts: NDArray[np.bool_]
    at: Longs
    grid: int = HOUR
    from_opening: bool = True
    held_back: int = 0

    def __len__(self) -> int:
        return len(self.at)

    def rows(self, which: slice | Longs | NDArray[np.bool_]) -> NextClickTasks:
        """Some of the tasks."""
        return replace(self, at=self.at[which])

    def alone(self) -> NextClickTasks:
        """The same tasks with no more clicks than they need, those of the session up to each: small enough to send."""
        flat, _ = ranges(self._first, self.at + 1)
        ends = np.cumsum(self.position + 1)
        clicks, positions, lasts = self.clicks.rows(flat), self.positions[flat], self.lasts[flat]
        return replace(self, clicks=clicks, positions=positions, lasts=lasts, at=ends - 1)

    def opening_in(self, start: int, end: int) -> NextClickTasks:
        """Those of sessions that open in a span, [start, end) in ms."""
        return self.rows((self.openings >= start) & (self.openings < end))

    @property
    def users(self) -> Ints:
        """Whose next click it is."""
        return self.clicks.users[self.at]

    @property
    def sessions(self) -> Longs:
        """The ids of the sessions."""
        return self.clicks.sessions[self.at]

    @property
    def targets(self) -> Ints:
        """The articles that were really opened next."""
        return self.clicks.items[self.at]

    @property
    def times(self) -> Longs:
        """When it was opened, ms. Known of the target only, so no part of the task."""
        return self.clicks.times[self.at]

    @property
    def position(self) -> Longs:
        """The target's position within its session, from 0."""
        return self.positions[self.at]

    @property
    def last(self) -> NDArray[np.bool_]:
        """Whether the target is its session's last article."""
        return self.lasts[self.at]

    def last_before(self, moment: int) -> NDArray[np.bool_]:
        """Whether the target is its session's last article as far as is known at ``moment``, ms."""
        following = np.minimum(self.at + 1, len(self.clicks) - 1)
        return np.asarray(self.last | (self.clicks.times[following] >= moment))

    @property
    def openings(self) -> Longs:
        """The time of the session's first click, ms."""
        return self.clicks.times[self._first]

    @property
    def contexts(self) -> Codes:
        """The context of the session's first click, shape (tasks, 6)."""
        return self.clicks.contexts[self._first]

    @property
    def as_of(self) -> Longs:
        """The moment of the task, ms: just after the last click before the target, or when the session opens.

        The target's own time would say how long the visitor stayed.
        """
        return np.where(self.position > 0, self.clicks.times[np.maximum(self.at - 1, 0)] + 1, self.times)

    @property
    def moments(self) -> Longs:
        """Up to when the clicks of others are known, ms."""
        return self._on_grid - self.held_back

    @property
    def _on_grid(self) -> Longs:
        return (self.openings if self.from_opening else self.as_of) // self.grid * self.grid

    @property
    def _first(self) -> Longs:
        return self.at - self.position

    def earlier(self, histories: Histories) -> tuple[Longs, Longs]:
        """Where each visitor's known clicks from before the session begin and end in ``histories``."""
        return histories.spans(self.users, self._on_grid if self.from_opening else self.openings)

    def requests(
        self, histories: Histories, article_ids: Longs, *, session_only: bool = False, beside: bool = False
    ) -> list[Request]:
        """The tasks as requests for the engine: the session so far, and the clicks known from before it.

        With ``session_only`` the visitor's earlier sessions are left out; ``beside`` is as in ``Request``.
        """
        starts, ends = self.earlier(histories)
        before, of_before = ranges(starts, starts if session_only else ends)
        so_far, of_so_far = ranges(self._first, self.at)
        rows = np.concatenate([of_before, of_so_far])
        ids = article_ids[np.concatenate([histories.items[before], self.clicks.items[so_far]])]
        times = np.concatenate([histories.times(before), self.clicks.times[so_far]])
        order = np.argsort(rows, kind="stable")
        clicks = list(map(Click, ids[order].tolist(), times[order].tolist()))
        ends_at = np.searchsorted(rows[order], np.arange(len(self) + 1)).tolist()
        contexts = [dict(zip(CONTEXT_FIELDS, codes, strict=True)) for codes in self.contexts.tolist()]
        return [
            Request(None, tuple(clicks[ends_at[row] : ends_at[row + 1]]), context, moment, beside=beside)
            for row, (context, moment) in enumerate(zip(contexts, self.as_of.tolist(), strict=True))
        ]


def next_click_tasks(log: ClickLog, *, tidy: bool = True) -> NextClickTasks:
    """Every click as a task, ordered by session and time.

    Tidy sessions have no click that repeats the article just before it, and are cut to their first 20.
    """
    clicks = log.clicks
    order = clicks.by_session()
    if tidy:
        order = order[~_same_as_before(clicks.sessions[order], clicks.items[order])]
        order = order[occurrence(clicks.sessions[order]) < LONGEST]
    position = occurrence(clicks.sessions[order])
    lasts = np.r_[position[1:] == 0, True][: len(order)]
    return NextClickTasks(clicks.rows(order), position, lasts, np.arange(len(order)))


def sample_tasks(
    tasks: NextClickTasks, per_span: int, seed: int, weights: NDArray[np.float64] | None = None
) -> NextClickTasks:
    """Up to ``per_span`` tasks of each moment, drawn at random (or by weight), ordered by the moment."""
    luck = np.random.default_rng(seed).random(len(tasks))
    if weights is not None:
        luck = luck ** (1.0 / weights)
    moments = tasks.moments
    order = np.lexsort((-luck, moments))
    rank = np.arange(len(order)) - np.searchsorted(moments[order], moments[order])
    return tasks.rows(order[rank < per_span])


def batches_by_moment(moments: Longs, size: int) -> list[tuple[int, int]]:
    """Cut sorted moments into ranges (first, last) of one moment each, at most ``size`` long."""
    edges = np.flatnonzero(np.r_[True, np.diff(moments) > 0, True]) if len(moments) else np.array([0])
    found = []
    for start, end in zip(edges[:-1].tolist(), edges[1:].tolist(), strict=True):
        found += [(first, min(first + size, end)) for first in range(start, end, size)]
    return found


def _same_as_before(*columns: Longs | Ints) -> NDArray[np.bool_]:
    same = np.ones(len(columns[0]), bool)
    same[:1] = False
    for column in columns:
        same[1:] &= column[1:] == column[:-1]
    return same
