"""VSTAN: STAN with what V-SkNN has besides.

Ludewig et al., "Empirical analysis of session-based recommendation algorithms", UMUAI 2021, as session-rec has it: what
a neighbour gives is also multiplied by ``exp(-steps ago / e)`` of the visitor's latest click that it shares, and by
``1 + f idf`` of the article, idf being the logarithm of the sessions for each click on it.
"""

from __future__ import annotations

from functools import cached_property

import numpy as np
from pydantic import NonNegativeFloat, PositiveFloat, PositiveInt

from recsys.backtest.baselines.stan import STAN, STANSettings
from recsys.core.settings import PacedHours, WholePacedHours
from recsys.core.types import Doubles, Ints, Longs


class VSTANSettings(STANSettings):
    """The best of twenty draws on tuning sessions, rounded.

    For this log 1,250 of 500 neighbours, 2.69, 80 days, 1.345 and .336 are published.
    """

    neighbours: PositiveInt = 280
    sample: PositiveInt = 1_800
    memory_hours: WholePacedHours = 15
    own_decay: PositiveFloat = 1.8
    session_decay: PacedHours = 1.3
    distance_decay: PositiveFloat = 0.96
    latest_decay: PositiveFloat = 0.6
    """In steps: how much less a neighbour gives that shares only the visitor's earlier clicks."""
    rarity: NonNegativeFloat = 0.046
    """How much more a rare article gets."""


class VSTAN(STAN):
    """STAN, with rarity and the latest shared click."""

    name = "vstan"
    Settings = VSTANSettings
    settings: VSTANSettings

    def _further(self, items: Ints, steps_ago: Longs) -> Doubles:
        return np.exp(-steps_ago / self.settings.latest_decay) * (1 + self.settings.rarity * self._idf[items])

    @cached_property
    def _idf(self) -> Doubles:
        """The logarithm of the sessions for each click on an article, shape (articles,)."""
        clicks = np.bincount(self.recent.items, minlength=len(self.live.articles))
        return np.log(max(len(self.index.ended), 1) / np.maximum(clicks, 1))
