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
from recsys.core.types import Doubles, Ints, Longs


class VSTANSettings(STANSettings):
    """The decays; those by steps are the ones published for this log."""

    neighbours: PositiveInt = 1_250
    own_decay: PositiveFloat = 2.69
    distance_decay: PositiveFloat = 1.345
    latest_decay: PositiveFloat = 0.336
    """In steps: how much less a neighbour gives that shares only the visitor's earlier clicks."""
    rarity: NonNegativeFloat = 0.0
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
