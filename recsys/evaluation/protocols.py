"""The two protocols: which questions are asked, and up to when the system may know what.

``hourly``: sessions by the hour in which they begin, the window; of others, everything before the window's start is
known; asked for is the last article of the session. ``cold`` asks the same way for the first article of a visitor
nobody has seen. ``last-click``: each user's very last click, one day's sessions as well as another's.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from recsys.data.clicklog import ClickLog
from recsys.domain import HOUR, MINUTE, Longs
from recsys.evaluation.requests import Questions, questions, sample

FRESH = 10 * MINUTE
"""In ``last-click`` counters are brought up to the last full ten minutes."""
USERS = 20_000
"""Users that ``last-click`` asks for, drawn at random."""
SEED = 11


def origin(log: ClickLog) -> int:
    """The start of window 0, ms: the full hour of the log's first click."""
    return int(log.clicks.times[0]) // HOUR * HOUR


def windows_of(asked: Questions, log: ClickLog) -> Longs:
    """The window of each question: hours from the log's start to the session's first click."""
    return (asked.openings - origin(log)) // HOUR


def hourly(log: ClickLog, windows: tuple[int, int], *, tuning: bool = False, limit: int | None = None) -> Questions:
    """The last article of each session of the windows [from, to): test sessions have odd ids, tuning ones even."""
    asked = questions(log)
    return _of_windows(asked.rows(asked.last & (asked.position > 0)), log, windows, tuning, limit)


def cold(log: ClickLog, windows: tuple[int, int], *, tuning: bool = False, limit: int | None = None) -> Questions:
    """The first article of each visitor who has never been seen before, by the same windows."""
    asked = questions(log)
    first_seen = np.full(len(log.user_ids), np.iinfo(np.int64).max)
    np.minimum.at(first_seen, log.clicks.users, log.clicks.times)
    new = (asked.position == 0) & (asked.times == first_seen[asked.users])
    return _of_windows(asked.rows(new), log, windows, tuning, limit)


def last_click(log: ClickLog, limit: int | None = None) -> tuple[ClickLog, Questions, Questions]:
    """Each user's last click.

    Returns:
        The log without those clicks, the questions that they are (of ``limit`` users), and the questions that the rest
        of the log can answer, for training.
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
    asked = questions(log, tidy=False).rows(np.sort(row_in_sessions[chosen]))
    return rest, _fresh(asked), _fresh(questions(rest))


def _fresh(asked: Questions) -> Questions:
    return replace(asked, grid=FRESH, from_opening=False)


def _of_windows(
    asked: Questions, log: ClickLog, windows: tuple[int, int], tuning: bool, limit: int | None
) -> Questions:
    window = windows_of(asked, log)
    parity = 0 if tuning else 1
    asked = asked.rows((window >= windows[0]) & (window < windows[1]) & (asked.sessions % 2 == parity))
    return sample(asked, len(asked) if limit is None else limit, SEED)
