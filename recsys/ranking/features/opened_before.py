"""When and how often the visitor opened the very same article, where a log has such returns."""

from __future__ import annotations

import numpy as np

from recsys.core.caching import memoized
from recsys.core.reasons import Reason
from recsys.core.types import HOUR, Bools
from recsys.ranking.features.registry import FeatureGroup, Values, feature
from recsys.ranking.pool import Pool

GROUP = FeatureGroup("Opened before", Reason.OPENED_BEFORE)


@memoized
def _same(pool: Pool) -> Bools:
    """Which of the visitor's last clicks were on each row's article, shape (rows, depth)."""
    return np.asarray(pool.visitors.items[pool.rows] == pool.items[:, None])


@feature("opened_times", "How often they opened it", "clicks", GROUP, "opened_before", new_visitor_value=0.0)
def _times(pool: Pool) -> Values:
    """How many of the reader's last clicks were on this article."""
    return _same(pool).sum(axis=1)


@feature("opened_hours", "Time since they opened it", "hours", GROUP, "opened_before", new_visitor_value=np.nan)
def _hours(pool: Pool) -> Values:
    """Hours since the reader last opened this article; unknown where they did not lately."""
    same = _same(pool)
    last = same.argmax(axis=1)
    hours = (pool.visitors.as_of[pool.rows] - pool.visitors.times[pool.rows, last]) / HOUR
    return np.where(same.any(axis=1), hours, np.nan)


@feature("opened_steps", "Clicks since they opened it", "clicks", GROUP, "opened_before", new_visitor_value=np.nan)
def _steps(pool: Pool) -> Values:
    """How many clicks ago the reader last opened this article, from 0; unknown where they did not lately."""
    same = _same(pool)
    return np.where(same.any(axis=1), same.argmax(axis=1), np.nan)
