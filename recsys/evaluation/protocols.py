"""The protocols: what is to be predicted, and up to when the system may know what.

``hourly``: sessions by the hour in which they begin, the window; everything that others did before the window's start
is known; the task is to predict the last article of the session. ``cold``: likewise, the first article of a visitor who
was never seen before. ``live``: as ``hourly``, but everything that others did before the request's own moment is known,
as in a running system. ``published``: as ``hourly``, with sessions filed as the published files are. ``last-click``:
each user's very last click, whenever it was.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from recsys.core.types import HOUR, MINUTE, Longs
from recsys.data.articles import UNDATED
from recsys.data.click_log import ClickLog
from recsys.data.next_click import NextClickTasks, next_click_tasks, sample_tasks
from recsys.errors import InputError
from recsys.evaluation.holdout import questions

FRESH = 10 * MINUTE
"""In ``last-click`` counters are brought up to the last full ten minutes."""
USERS = 20_000
"""Users whose ``last-click`` is predicted, drawn at random."""
SEED = 11


def origin(log: ClickLog) -> int:
    """The start of window 0, ms: the full hour of the log's first click."""
    return int(log.clicks.times[0]) // HOUR * HOUR


def start_and_end(log: ClickLog, windows: tuple[int, int]) -> tuple[int, int]:
    """When the windows [from, to) begin and end, ms."""
    first, end = windows
    return origin(log) + first * HOUR, origin(log) + end * HOUR


def windows_of(tasks: NextClickTasks, log: ClickLog) -> Longs:
    """The window of each task: hours from the log's start to the session's first click."""
    return (tasks.openings - origin(log)) // HOUR


def hourly(
    log: ClickLog, windows: tuple[int, int], *, tuning: bool = False, limit: int | None = None
) -> NextClickTasks:
    """The last article of each session of the windows [from, to): test sessions have odd ids, tuning ones even."""
    tasks = next_click_tasks(log)
    return _of_windows(questions(tasks), log, windows, tuning, limit)


def live(tasks: NextClickTasks, held_back: int = 0) -> NextClickTasks:
    """Tasks of ``hourly`` as a running system meets them: counts go up to the request itself.

    With ``held_back``, ms, they end so much earlier, exact to a 48th of it; the trained parts stay what they are,
    and so does what is known of the visitor.
    """
    return replace(tasks, grid=max(held_back // 48, 1), from_opening=False, held_back=held_back)


def filed_as_published(log: ClickLog) -> ClickLog:
    """The log on which ``hourly`` is the published protocol.

    There a session belongs to the hour in which it opened, by its ``session_start``, and of all sessions of the hours
    before everything is known, to their end. So each is over here by the end of that hour: what came later comes at
    its last moment. Hours are counted from where the dataset says, and begin with full ones.

    Raises:
        InputError: the log does not say when its sessions opened.
    """
    if log.session_starts is None:
        raise InputError(
            "The protocol published needs to know when sessions opened: a column session_start, or what "
            "[columns] session_start in a dataset.toml names."
        )
    clicks, given = log.clicks, log.dataset.sessions.filed_from
    opened = log.session_starts.opening(clicks.sessions)
    first = int(log.session_starts.times.min()) if given is None else int(given.timestamp() * 1000)
    shift = first % HOUR
    ends = ((opened - shift) // HOUR + 1) * HOUR
    times = np.minimum(clicks.times - shift, ends - 1)
    published = log.articles.published
    return replace(
        log,
        clicks=replace(clicks, times=times).rows(np.argsort(times, kind="stable")),
        articles=replace(log.articles, published=np.where(published == UNDATED, UNDATED, published - shift)),
    )


def cold(log: ClickLog, windows: tuple[int, int], *, tuning: bool = False, limit: int | None = None) -> NextClickTasks:
    """The first article of each visitor who has never been seen before, by the same windows."""
    tasks = next_click_tasks(log)
    first_seen = np.full(len(log.user_ids), np.iinfo(np.int64).max)
    np.minimum.at(first_seen, log.clicks.users, log.clicks.times)
    new = (tasks.position == 0) & (tasks.times == first_seen[tasks.users])
    return _of_windows(tasks.rows(new), log, windows, tuning, limit)


def last_click(log: ClickLog, limit: int | None = None) -> tuple[ClickLog, NextClickTasks, NextClickTasks]:
    """Each user's last click.

    Returns:
        The log without those clicks, the tasks to predict them (of ``limit`` users), and the tasks that the rest of
        the log holds, for training.
    """
    clicks = log.clicks
    last = np.zeros(len(log.user_ids), np.int64)
    last[clicks.users] = np.arange(len(clicks))  # in the order of their times: the latest stays
    last = last[np.bincount(clicks.users, minlength=len(log.user_ids)) > 1]
    kept = np.ones(len(clicks), bool)
    kept[last] = False
    rest = replace(log, clicks=clicks.rows(kept))

    chosen = np.random.default_rng(SEED).permutation(last)[: USERS if limit is None else limit]
    row_in_sessions = np.empty(len(clicks), np.int64)
    row_in_sessions[clicks.by_session()] = np.arange(len(clicks))
    tasks = next_click_tasks(log, tidy=False).rows(np.sort(row_in_sessions[chosen]))
    return rest, _fresh(tasks), _fresh(next_click_tasks(rest))


def _fresh(tasks: NextClickTasks) -> NextClickTasks:
    return replace(tasks, grid=FRESH, from_opening=False)


def _of_windows(
    tasks: NextClickTasks, log: ClickLog, windows: tuple[int, int], tuning: bool, limit: int | None
) -> NextClickTasks:
    window = windows_of(tasks, log)
    parity = 0 if tuning else 1
    tasks = tasks.rows((window >= windows[0]) & (window < windows[1]) & (tasks.sessions % 2 == parity))
    return sample_tasks(tasks, len(tasks) if limit is None else limit, SEED)
