"""Which questions a log can answer: each real click, asked just before it happened."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from recsys.data.clicklog import Clicks
from recsys.domain import CONTEXT_FIELDS, Codes, Ints, Longs, Request
from recsys.retrieval.live import occurrence

LONGEST = 20
"""Sessions are cut to this many clicks."""


@dataclass(frozen=True)
class Questions:
    """Requests as columns, shape (questions,): who, when, in which context, and what they really opened.

    ``positions`` is the place of the target within its session, from 0; ``openings`` the time of the session's first
    click; ``last`` whether the target is the session's last article.
    """

    users: Ints
    times: Longs
    contexts: Codes
    targets: Ints
    positions: Longs
    openings: Longs
    last: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.users)

    def rows(self, which: Longs | NDArray[np.bool_]) -> Questions:
        """Some of the questions."""
        return Questions(*(getattr(self, column.name)[which] for column in fields(self)))

    def requests(self, user_ids: Longs) -> list[Request]:
        """The questions as the engine takes them, with the context of the visit."""
        ids = user_ids[self.users].tolist()
        overrides = [dict(zip(CONTEXT_FIELDS, codes, strict=True)) for codes in self.contexts.tolist()]
        return [
            Request(user_id=user, overrides=context, as_of=time)
            for user, context, time in zip(ids, overrides, self.times.tolist(), strict=True)
        ]


def questions(clicks: Clicks) -> Questions:
    """Every click as a question, in the context of its session's first click, ordered by session and time.

    A click that repeats the article just before it in its session is none, and a session is cut to its first 20.
    """
    order = clicks.by_session()
    sessions, items = clicks.sessions[order], clicks.items[order]
    order = order[~_same_as_before(sessions, items)]
    position = occurrence(clicks.sessions[order])
    order, position = order[position < LONGEST], position[position < LONGEST]
    sessions = clicks.sessions[order]
    opening = order[np.arange(len(order)) - position]
    return Questions(
        users=clicks.users[order],
        times=clicks.times[order],
        contexts=clicks.contexts[opening],
        targets=clicks.items[order],
        positions=position,
        openings=clicks.times[opening],
        last=np.r_[sessions[1:] != sessions[:-1], True][: len(order)],
    )


def _same_as_before(*columns: Longs | Ints) -> NDArray[np.bool_]:
    same = np.ones(len(columns[0]), bool)
    same[:1] = False
    for column in columns:
        same[1:] &= column[1:] == column[:-1]
    return same
