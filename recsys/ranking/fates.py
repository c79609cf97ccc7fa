"""What came of an article on its way from the catalogue to the list that a reader sees."""

from __future__ import annotations

from enum import IntEnum

import numpy as np

from recsys.core.arrays import contains, pair_keys, ranks_of
from recsys.core.types import PAD, Ints
from recsys.ranking.ranking import Ranking


class Fate(IntEnum):
    """How far an article came, the farthest first."""

    SHOWN = 0
    """It is on the list."""
    BELOW = 1
    """The reranker put it below the list's end."""
    DROPPED = 2
    """It was suggested, and the first stage dropped it."""
    NOT_SUGGESTED = 3
    """It could have been suggested, and no retriever did."""
    ALREADY_READ = 4
    """The reader had read it, and it may not be listed again: on most sites nothing is, on some only what is open."""
    NOT_IN_PLAY = 5
    """It was not live: nobody had opened it lately, or nobody yet."""

    @property
    def key(self) -> str:
        """Its name in files and addresses."""
        return self.name.lower()


def fates(ranking: Ranking, targets: Ints, depth: int) -> Ints:
    """What came of each visitor's target article, where lists are ``depth`` long; ``PAD`` is not in play.

    Shapes (batch,) to (batch,), values of ``Fate``.
    """
    pool = ranking.pool
    found = np.full(len(targets), Fate.NOT_SUGGESTED, np.int32)
    barred = np.sort(pool.visitors.barred)
    found[contains(barred, pair_keys(np.arange(len(targets)), targets))] = Fate.ALREADY_READ
    found[pool.live.position[targets] == PAD] = Fate.NOT_IN_PLAY
    suggested = pool.items == targets[pool.rows]
    found[pool.rows[suggested]] = np.where(ranking.reranked[suggested], Fate.BELOW, Fate.DROPPED)
    found[ranks_of(targets, ranking.top(depth)) > 0] = Fate.SHOWN
    return found
