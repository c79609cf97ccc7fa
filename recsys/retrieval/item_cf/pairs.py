"""Pairs of clicks: what was read after what in a session."""

from __future__ import annotations

import numpy as np

from recsys.core.types import HOUR, Doubles, Ints
from recsys.retrieval.item_cf.session_knn import RecentSessions
from recsys.retrieval.item_cf.settings import ItemCFSettings


def pairs(settings: ItemCFSettings, clicks: RecentSessions, already_counted: int = 0) -> tuple[Ints, Ints, Doubles]:
    """The pairs that end in a click at or after row ``already_counted``, in the order of that click.

    Returns:
        The rows of the earlier and of the later click, and the weights, shapes (pairs,).
    """
    order = clicks.by_session
    new = np.flatnonzero(order >= already_counted)
    found = []
    for step in range(1, settings.max_steps + 1):
        places = new[new >= step]
        before, after = order[places - step], order[places]
        near = clicks.sessions[before] == clicks.sessions[after]
        near &= clicks.times[after] - clicks.times[before] < settings.pair_window_hours * HOUR
        near &= clicks.items[after] != clicks.items[before]
        found.append((before[near], after[near], np.full(int(near.sum()), settings.step_damping ** (step - 1))))
    before, after, weight = (np.concatenate(column) for column in zip(*found, strict=True))
    # By the later click, then by distance: an order that does not depend on where the log was cut.
    by_time = np.lexsort((-before, after))
    before, after, weight = before[by_time], after[by_time], weight[by_time]
    return before, after, weight if clicks.weights is None else weight * clicks.weights[after]
