"""Which readers to show, and when: the visits of the replay hours, by kind of reader."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from recsys.core.entities import CONTEXT_FIELDS, OVERRIDABLE, UNKNOWN
from recsys.core.types import Longs
from recsys.engine.engine import Engine

HEAVY, LIGHT = 20, 4
"""Clicks before the visit: heavy readers have at least the one, light ones at most the other. The real log's 90th
percentile and median."""

KINDS = {
    "returning": "They had read something before the replay hours.",
    "new": "They first came in the replay hours.",
    "heavy": f"They had read {HEAVY} articles or more.",
    "light": f"They had read 1 to {LIGHT} articles.",
}


@dataclass(frozen=True)
class ReplayVisits:
    """Users with clicks in the replay hours, shape (users,): the moment to look at them, and what they had read.

    ``moments`` are just before a click, so that what was opened next is known: a new visitor's first, and of the others
    the last.
    """

    user_ids: Longs
    moments: Longs
    clicks_before: Longs
    new: np.ndarray[tuple[int], np.dtype[np.bool_]]

    @classmethod
    def of(cls, engine: Engine) -> ReplayVisits:
        """The visits that an engine can replay."""
        users, first = np.unique(engine.replay.users, return_index=True)
        last = len(engine.replay) - 1 - np.unique(engine.replay.users[::-1], return_index=True)[1]
        starts, ends = engine.histories.spans(users, np.full(len(users), engine.start.time))
        new = starts == ends
        moments = np.where(new, engine.replay.times[first], engine.replay.times[last])
        starts, ends = engine.histories.spans(users, moments)
        return cls(engine.user_ids[users], moments, ends - starts, new)

    def of_kind(self, kind: str) -> Longs:
        """The rows of one of ``KINDS``."""
        chosen = {
            "returning": ~self.new,
            "new": self.new,
            "heavy": self.clicks_before >= HEAVY,
            "light": (self.clicks_before >= 1) & (self.clicks_before <= LIGHT),
        }
        return np.flatnonzero(chosen[kind])

    def moment(self, user_id: int) -> int | None:
        """The moment at which to look at a user, or None where they have no click in the replay hours."""
        at = int(np.searchsorted(self.user_ids, user_id))
        found = at < len(self.user_ids) and self.user_ids[at] == user_id
        return int(self.moments[at]) if found else None


def contexts_in_use(engine: Engine, most: int) -> list[dict[str, int]]:
    """The contexts, by the fields that a request may set, that most visitors have; only those that are fully known."""
    columns = [CONTEXT_FIELDS.index(field) for field in OVERRIDABLE]
    contexts, counts = np.unique(engine.profiles.base[:, columns], axis=0, return_counts=True)
    known = (contexts != UNKNOWN).all(axis=1)
    contexts, counts = contexts[known], counts[known]
    first = contexts[np.argsort(-counts, kind="stable")[:most]].tolist()
    return [dict(zip(OVERRIDABLE, codes, strict=True)) for codes in first]


def codes_in_use(engine: Engine, field: str) -> list[int]:
    """The codes of a context field that visitors have, the most frequent first."""
    codes, counts = np.unique(engine.profiles.base[:, CONTEXT_FIELDS.index(field)], return_counts=True)
    return [int(code) for code in codes[np.argsort(-counts, kind="stable")] if code != 0]
