"""``wsknn``: weighted session kNN."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from wsknn import fit


class SessionKNN:
    """Sessions by their articles, articles by their sessions, as the library wants them."""

    def __init__(self, shown: int, **settings: Any) -> None:
        self.shown, self.settings = shown, settings

    def fit(self, sessions: NDArray[np.int64], items: NDArray[np.int64], times: NDArray[np.int64]) -> None:
        """Learn from clicks in the order of their times, shapes (clicks,)."""
        order = np.argsort(sessions, kind="stable")
        starts = np.flatnonzero(np.r_[True, np.diff(sessions[order]) != 0])
        parts = zip(np.split(items[order], starts[1:]), np.split(times[order], starts[1:]), strict=True)
        known = {number: [own.tolist(), at.tolist()] for number, (own, at) in enumerate(parts)}
        self.model = fit(known, number_of_recommendations=self.shown, return_events_from_session=False, **self.settings)

    def recommend(self, items: NDArray[np.int64]) -> NDArray[np.int64]:
        """The best articles for a session, given oldest first."""
        found = self.model.recommend([items.tolist(), list(range(len(items)))])
        return np.array([item for item, _ in found if item not in set(items.tolist())][: self.shown], np.int64)

    def recommend_all(self, sessions: Sequence[NDArray[np.int64]]) -> Sequence[NDArray[np.int64]]:
        """One after the other, as the library's own batch does."""
        return [self.recommend(items) for items in sessions]


WAYS = {"wsknn": SessionKNN}
