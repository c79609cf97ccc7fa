"""A pool in order: its features, the reranker's scores, and the lists that come of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from recsys.core.entities import ENSEMBLE
from recsys.core.types import PAD, Bools, Floats, Ints, Longs
from recsys.core.values import changed
from recsys.ranking.features.registry import Feature
from recsys.ranking.pool import Pool


@dataclass(frozen=True, eq=False)
class Ranking:
    """A pool with its features and the reranker's scores.

    Attributes:
        pool: as it was put together.
        columns: what the columns of ``features`` are.
        features: of the rows that were reranked, in the order of the pool; shape (reranked, features).
        scores: the reranker's, shape (rows,); those of the first stage where it dropped the row.
        reranked: whether the row passed the first stage, shape (rows,). Those that did come first in ``order``.
        order: the rows of the pool, visitor after visitor, each visitor's best first; shape (rows,).
        shown: how many of each visitor's rows may be shown, the first ones; all where it is None. Shape (batch,).
    """

    pool: Pool
    columns: tuple[Feature, ...]
    features: Floats
    scores: Floats
    reranked: Bools
    order: Longs
    shown: Longs | None = None

    def of(self, row: int) -> Ranking:
        """One visitor's ranking, as a batch of one."""
        if len(self.pool.visitors) == 1:
            return changed(self, pool=self.pool.of(row))
        first = int(self.pool.starts[row])
        mine = slice(first, int(self.pool.starts[row + 1]))
        before = np.count_nonzero(self.reranked[:first])
        return changed(
            self,
            pool=self.pool.of(row),
            features=self.features[before : before + np.count_nonzero(self.reranked[mine])],
            scores=self.scores[mine],
            reranked=self.reranked[mine],
            order=self.order[mine] - first,
            shown=None if self.shown is None else self.shown[row : row + 1],
        )

    @property
    def feature_names(self) -> tuple[str, ...]:
        """The names of ``columns``."""
        return tuple(column.name for column in self.columns)

    @property
    def reranked_order(self) -> Longs:
        """Of ``order``, the rows that were reranked, shape (reranked,)."""
        return self.order[self.reranked[self.order]]

    def best(self, k: int) -> Longs:
        """The rows of the first ``k`` that may be shown, of a batch of one."""
        return self.order[: k if self.shown is None else min(k, int(self.shown[0]))]

    def listed(self, k: int) -> tuple[Bools, Longs]:
        """Of ``order``, which are among the first ``k`` of a list and may be shown, and the place of each, from 0."""
        rows = self.pool.rows[self.order]
        place = np.arange(len(rows)) - self.pool.starts[rows]
        return (place < k if self.shown is None else place < np.minimum(self.shown, k)[rows]), place

    def features_of(self, rows: Longs | list[int]) -> Floats:
        """The features of some rows of the pool that were reranked, shape (n, features)."""
        assert self.reranked[rows].all(), "what the first stage dropped has no features"
        return self.features[np.searchsorted(np.flatnonzero(self.reranked), rows)]

    def top(self, k: int) -> Ints:
        """The best ``k`` articles of each visitor, padded with ``PAD``. Shape (batch, k)."""
        lists = np.full((len(self.pool.visitors), k), PAD, np.int32)
        listed, place = self.listed(k)
        best = self.order[listed]
        lists[self.pool.rows[best], place[listed]] = self.pool.items[best]
        return lists

    def lists(self, k: int) -> dict[str, Ints]:
        """The best ``k`` of each retriever and, last, as ``ENSEMBLE``, of the reranker; padded, each (batch, k)."""
        lists = {name: candidates.first(k) for name, candidates in self.pool.lists.items()}
        return {**lists, ENSEMBLE: self.top(k)}
