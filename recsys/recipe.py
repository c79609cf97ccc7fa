"""What an ensemble is made of: its retrievers, and the features of its reranker."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from recsys.ranking.features import DEFAULT, FEATURES
from recsys.retrieval.base import Retriever
from recsys.retrieval.live import WITHIN
from recsys.retrieval.registry import RETRIEVERS


@dataclass(frozen=True)
class Recipe:
    """Retrievers by name, in the order in which their lists are joined, and the names of the features in order.

    Articles clicked within ``within`` ms before the moment are in play. The reranker learns from up to
    ``questions_per_hour`` questions of each hour.
    """

    retrievers: Mapping[str, type[Retriever]]
    features: tuple[str, ...] = ()
    within: int = WITHIN
    questions_per_hour: int = 1_400

    def without_retriever(self, name: str) -> Recipe:
        """The recipe with a retriever left out, its list as well as every feature that comes from it."""
        kept = {other: cls for other, cls in self.retrievers.items() if other != name}
        return replace(self, retrievers=kept, features=tuple(f for f in self.features if name not in FEATURES[f].uses))

    def without_group(self, group: str) -> Recipe:
        """The recipe with a group of features left out."""
        return replace(self, features=tuple(f for f in self.features if FEATURES[f].group != group))


ENSEMBLE = Recipe(RETRIEVERS, DEFAULT)
"""The one that the project trains and serves."""
