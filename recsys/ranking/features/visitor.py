"""Who the reader is, where and when: the same for the whole pool, so that other features can depend on it."""

from __future__ import annotations

import numpy as np

from recsys.core.entities import CONTEXT_FIELDS
from recsys.core.reasons import Reason
from recsys.core.types import HOUR, PAD
from recsys.ranking.features.registry import FeatureGroup, Values, feature
from recsys.ranking.pool import Pool

GROUP = FeatureGroup("Visitor", Reason.JUST_READ)


@feature("visit", "Clicks of this visit", "clicks", GROUP, new_visitor_value=0.0, varies_by="visitor")
def _visit(pool: Pool) -> Values:
    """How many of the last clicks came within an hour of each other, up to now."""
    return pool.visitors.visit_lengths()[pool.rows]


@feature("gap", "Time since their last click", "hours", GROUP, new_visitor_value=np.nan, varies_by="visitor")
def _gap(pool: Pool) -> Values:
    """Hours since the reader last opened an article; unknown for a new reader."""
    hours = (pool.visitors.as_of - pool.visitors.times[:, 0]) / HOUR
    return np.where(pool.visitors.items[:, 0] == PAD, np.nan, hours)[pool.rows]


@feature(
    "dwell",
    "Time on their article before the last",
    "hours",
    GROUP,
    new_visitor_value=np.nan,
    varies_by="visitor",
)
def _dwell(pool: Pool) -> Values:
    """Hours between the reader's last two clicks; unknown where there are not two."""
    times = pool.visitors.times
    if times.shape[1] < 2:
        return np.full(len(pool), np.nan)
    return np.where(times[:, 1] > 0, (times[:, 0] - times[:, 1]) / HOUR, np.nan)[pool.rows]


@feature("news_age", "Age of the counts", "hours", GROUP, reason=Reason.POPULAR_NOW, varies_by="visitor")
def _news_age(pool: Pool) -> Values:
    """Hours between the last click that is counted and the request."""
    return ((pool.visitors.as_of - pool.live.moment) / HOUR)[pool.rows]


@feature("referrer", "Where they came from", "code", GROUP, reason=Reason.SAME_CONTEXT, varies_by="visitor")
def _referrer(pool: Pool) -> Values:
    """How the reader came to the site, as the dataset numbers it."""
    return pool.visitors.contexts[pool.rows, CONTEXT_FIELDS.index("referrer")]
