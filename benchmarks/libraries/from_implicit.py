"""``implicit``: item-to-item neighbours by BM25, and ALS with the session folded in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np
from implicit.als import AlternatingLeastSquares
from implicit.nearest_neighbours import BM25Recommender
from numpy.typing import NDArray
from scipy.sparse import csr_matrix


class OfImplicit:
    """What both have in common: a matrix of sessions and articles, and a session as a row of it."""

    def __init__(self, shown: int, **settings: Any) -> None:
        self.shown, self.settings = shown, settings

    def fit(self, sessions: NDArray[np.int64], items: NDArray[np.int64], times: NDArray[np.int64]) -> None:
        """Learn from clicks, shapes (clicks,); items are numbered from 0."""
        self.articles = int(items.max()) + 1
        _, rows = np.unique(sessions, return_inverse=True)
        matrix = csr_matrix((np.ones(len(items), np.float32), (rows, items)))
        matrix.data[:] = 1.0
        self.model = self.make()
        self.model.fit(matrix, show_progress=False)

    def make(self) -> Any:
        """The library's model."""
        raise NotImplementedError

    def recommend(self, items: NDArray[np.int64]) -> NDArray[np.int64]:
        """The best articles for a session, given oldest first."""
        found, scores = self.model.recommend(0, self._rows([items]), N=self.shown, **self.asking)
        return np.asarray(found[scores > 0], np.int64)

    def recommend_all(self, sessions: Sequence[NDArray[np.int64]]) -> Sequence[NDArray[np.int64]]:
        """The same for many, in one call."""
        users = np.arange(len(sessions))
        found, scores = self.model.recommend(users, self._rows(sessions), N=self.shown, **self.asking)
        return [own[score > 0] for own, score in zip(found, scores, strict=True)]

    def _rows(self, sessions: Sequence[NDArray[np.int64]]) -> csr_matrix:
        different = [np.unique(items) for items in sessions]
        flat, starts = np.concatenate(different), np.cumsum([0, *map(len, different)])
        return csr_matrix((np.ones(len(flat), np.float32), flat, starts), (len(sessions), self.articles))

    asking: ClassVar[dict[str, Any]] = {}


class BM25(OfImplicit):
    """Item-to-item."""

    def make(self) -> Any:
        """Neighbours by shared sessions."""
        return BM25Recommender(num_threads=2, **self.settings)


class ALS(OfImplicit):
    """Matrix factorization."""

    asking: ClassVar[dict[str, Any]] = {"recalculate_user": True}

    def make(self) -> Any:
        """Hu, Koren & Volinsky, ICDM 2008."""
        return AlternatingLeastSquares(num_threads=2, random_state=7, **self.settings)


WAYS = {"implicit BM25": BM25, "implicit ALS": ALS}
