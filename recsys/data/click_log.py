"""A click log: clicks in the order of their times, the articles, the users."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np

from recsys.core.types import HOUR, Longs
from recsys.data.articles import Articles
from recsys.data.clicks import Clicks
from recsys.data.dataset_settings import DatasetSettings
from recsys.data.histories import Histories
from recsys.data.names import NUMBERS, Names


@dataclass(frozen=True)
class SessionStarts:
    """When sessions opened, which may be before their first click.

    Attributes:
        sessions: their ids, ascending, shape (sessions,).
        times: when each opened, ms, same shape.
    """

    sessions: Longs
    times: Longs

    @classmethod
    def of(cls, sessions: Longs, times: Longs) -> SessionStarts:
        """Those of some clicks, shapes (clicks,): the earliest time that goes with each session."""
        known, which = np.unique(sessions, return_inverse=True)
        earliest = np.full(len(known), np.iinfo(np.int64).max)
        np.minimum.at(earliest, which, times)
        return cls(known, earliest)

    def opening(self, sessions: Longs) -> Longs:
        """When each of these sessions, which must be among them, opened; same shape."""
        return self.times[np.searchsorted(self.sessions, sessions)]


@dataclass(frozen=True)
class ClickLog:
    """A dataset: its settings, articles, users and clicks. Users' indices are rows of ``user_ids``, which is sorted.

    ``names`` are those of ids that are no numbers. ``session_starts`` is None where the log does not say.
    """

    dataset: DatasetSettings
    articles: Articles
    user_ids: Longs
    clicks: Clicks
    names: Names = field(default=NUMBERS, kw_only=True)
    session_starts: SessionStarts | None = field(default=None, kw_only=True)

    def before(self, time: int) -> ClickLog:
        """The log as it was at a moment; the columns are views. Articles and users keep their indices."""
        return replace(self, clicks=self.clicks.before(time))

    @cached_property
    def histories(self) -> Histories:
        """Each user's clicks."""
        return Histories.from_clicks(self.clicks, len(self.user_ids))

    @cached_property
    def end(self) -> int:
        """The end of the last hour with real traffic, ms.

        A published log trails off: a few sessions last for days. An hour counts when it holds a tenth of the
        median hour's clicks.
        """
        if not len(self.clicks):
            return 0
        times = self.clicks.times
        every = np.arange(times[0] // HOUR, times[-1] // HOUR + 2)
        counts = np.diff(np.searchsorted(times, every * HOUR))
        hours, counts = every[:-1][counts > 0], counts[counts > 0]
        busy = hours[counts >= np.median(counts[counts >= counts.mean() / 10]) / 10]
        return int(busy[-1] + 1) * HOUR

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256 over the clicks and the ids that they point to."""
        digest = hashlib.sha256()
        for array in (
            self.articles.ids,
            self.user_ids,
            *self.clicks.columns().values(),
        ):
            digest.update(np.ascontiguousarray(array).data)
        return digest.hexdigest()
