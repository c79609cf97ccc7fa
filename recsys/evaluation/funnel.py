"""Where next clicks are lost: how far the article that was really opened came, of all requests and by segment."""

from __future__ import annotations

import numpy as np
from pydantic import BaseModel

from recsys.core.types import Ints
from recsys.data.click_log import ClickLog
from recsys.evaluation.ranked_lists import DEPTH, RankedLists
from recsys.evaluation.segments import segments
from recsys.ranking.fates import Fate

Counts = dict[str, int]
"""How many requests ended in each ``Fate``, by its key."""


class Funnel(BaseModel):
    """The fates of requests, where lists are ``depth`` long."""

    depth: int = DEPTH
    requests: int
    fates: Counts
    by_segment: dict[str, dict[str, Counts]]

    @classmethod
    def of(cls, lists: RankedLists, log: ClickLog) -> Funnel:
        """The funnel of an ensemble's answers."""
        cuts = {
            cut: {name: _counts(lists.fates[names == name]) for name in np.unique(names).tolist()}
            for cut, names in segments(lists.tasks, log).items()
        }
        return cls(requests=len(lists.tasks), fates=_counts(lists.fates), by_segment=cuts)


def of_100(counts: Counts, fate: Fate) -> float:
    """How many of a hundred requests ended in a fate."""
    return 100 * counts.get(fate.key, 0) / max(sum(counts.values()), 1)


def _counts(fates: Ints) -> Counts:
    return {fate.key: int((fates == fate).sum()) for fate in Fate}
