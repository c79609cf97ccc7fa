"""STAN: session kNN that knows how far apart things are in a session and in time.

Garg et al., "Sequence and time aware neighborhood for session-based recommendations", SIGIR 2019, as session-rec has
it: a session's similarity is the cosine of its articles and the visitor's, these weighted by ``exp(-steps ago / a)``,
times ``exp(-age / b)``; each of the nearest sessions gives its articles its similarity times
``exp(-d / c)``, with d the distance, in clicks, to the last article in it that the visitor has read.
"""

from __future__ import annotations

import numpy as np
from pydantic import PositiveFloat, PositiveInt

from recsys.backtest.baselines.session_index import last_steps
from recsys.backtest.baselines.session_neighbours import NeighboursSettings, SessionNeighbours, summed
from recsys.core.settings import PacedHours, WholePacedHours
from recsys.core.types import HOUR, Doubles, Ints, Longs


class STANSettings(NeighboursSettings):
    """The best of twenty draws on tuning sessions (``benchmarks.tune_peers``), rounded.

    For this log 500 of 500 neighbours, .6725, 100 days and .6725 are published.
    """

    neighbours: PositiveInt = 400
    sample: PositiveInt = 1_000
    memory_hours: WholePacedHours = 32
    own_decay: PositiveFloat = 0.47
    """In steps: how much less the visitor's earlier clicks count."""
    session_decay: PacedHours = 7.6
    """In hours: how much less an older session counts."""
    distance_decay: PositiveFloat = 0.615
    """In clicks: how much less what is farther from the shared article counts."""


class STAN(SessionNeighbours[STANSettings]):
    """Sessions are alike by what they share of late, and by when they were."""

    name = "stan"
    Settings = STANSettings

    def _score(self, read: Ints, as_of: int) -> tuple[Ints, Doubles]:
        how = self.settings
        articles, steps_ago = last_steps(read)
        sessions, at, which = self.index.sharing(articles, how.sample)
        weight = np.exp(-steps_ago / how.own_decay)
        lengths = self.index.session_starts[sessions + 1] - self.index.session_starts[sessions]
        ages = (as_of - self.index.ended[sessions]) / HOUR
        shared = np.bincount(at, weight[which], len(sessions))
        similarity = shared / np.sqrt((weight**2).sum() * lengths) * np.exp(-ages / how.session_decay)
        nearest = np.argsort(-similarity, kind="stable")[: how.neighbours]
        items, places, neighbour = self.index.articles_of(sessions[nearest])
        is_shared = np.isin(items, articles)
        last_shared = np.zeros(len(nearest), np.int64)
        np.maximum.at(last_shared, neighbour[is_shared], places[is_shared])
        distance = np.abs(places - last_shared[neighbour])
        latest = np.full(len(sessions), len(read))
        np.minimum.at(latest, at, steps_ago[which])
        given = similarity[nearest][neighbour] * np.exp(-distance / how.distance_decay)
        return summed(items, given * self._further(items, latest[nearest][neighbour]))

    def _further(self, items: Ints, steps_ago: Longs) -> Doubles:
        """What else a neighbour's article is multiplied by; ``steps_ago`` is the visitor's latest shared click."""
        return np.ones(len(items))
