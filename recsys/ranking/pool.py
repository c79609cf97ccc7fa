"""The pool: every article that any retriever proposed for a visitor, with what each retriever says of it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from recsys.domain import ENSEMBLE, NOTHING, Candidates, Floats, Ints, Longs, Visitors
from recsys.retrieval.base import Retriever, best_unread
from recsys.retrieval.live import LiveArticles

NOT_LISTED = 1001
"""The rank of an article in a list that it is not in."""


@dataclass(frozen=True, eq=False)
class Pool:
    """The pools of a batch of visitors, one after the other; flat arrays of shape (rows,).

    Attributes:
        visitors: the batch.
        live: the articles in play; ``positions`` point into ``live.items``.
        retrievers: by name, for the features; an answer, looked at for long, does not hold them.
        candidates: each retriever's list, in the order in which they were joined.
        starts: where each visitor's rows begin, shape (batch + 1,).
        rows: which visitor each row is for.
        positions: which live article it is.
        places: its place when the lists are joined one after the other, from 0.
        ranks: its rank in each list, from 1, ``NOT_LISTED`` where it is not there; (rows, retrievers).
        scores: what each retriever says of it, wherever it was found; (rows, retrievers).
    """

    visitors: Visitors
    live: LiveArticles
    retrievers: Mapping[str, Retriever]
    candidates: Mapping[str, Candidates]
    starts: Longs
    rows: Ints
    positions: Ints
    places: Ints
    ranks: Ints
    scores: Floats

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def items(self) -> Ints:
        """The article of each row, shape (rows,)."""
        return self.live.items[self.positions]

    def rank(self, retriever: str) -> Ints:
        """The ranks in one retriever's list, shape (rows,)."""
        return self.ranks[:, list(self.candidates).index(retriever)]

    def score(self, retriever: str) -> Floats:
        """One retriever's scores, shape (rows,)."""
        return self.scores[:, list(self.candidates).index(retriever)]

    def spans(self) -> Iterator[tuple[int, int]]:
        """Where each visitor's rows begin and end."""
        return pairwise(self.starts.tolist())

    def products(self, live_articles: Floats, visitors: Floats) -> Floats:
        """Scalar products of each row's article with its visitor's vectors, the same bits alone and in any batch.

        Shapes (live, dimensions), (batch, vectors, dimensions) to (vectors, rows).
        """
        vectors = visitors.shape[1]
        found = np.zeros((vectors, len(self)), np.float32)
        # Who has read little has few vectors, then zeros, of which there is nothing to compute.
        ends = np.max(visitors.any(axis=2) * np.arange(1, vectors + 1), axis=1, initial=0)
        for theirs, end, (first, last) in zip(visitors, ends.tolist(), self.spans(), strict=True):
            if end:
                mine = live_articles[self.positions[first:last]]
                np.einsum("nd,kd->kn", mine, theirs[:end], out=found[:end, first:last])
        return found

    def of(self, row: int) -> Pool:
        """One visitor's pool, as a batch of one, without the retrievers."""
        mine = slice(int(self.starts[row]), int(self.starts[row + 1]))
        return replace(
            self,
            visitors=self.visitors.of(row),
            retrievers={},
            candidates={name: candidates.of(row) for name, candidates in self.candidates.items()},
            starts=self.starts[row : row + 2] - self.starts[row],
            rows=self.rows[mine] - np.int32(row),
            positions=self.positions[mine],
            places=self.places[mine],
            ranks=self.ranks[mine],
            scores=self.scores[mine],
        )

    def only(self, kept: Longs) -> Pool:
        """Some rows of the pool, given ascending; the visitors stay."""
        starts = np.searchsorted(kept, self.starts)
        return replace(
            self,
            starts=starts,
            rows=self.rows[kept],
            positions=self.positions[kept],
            places=self.places[kept],
            ranks=self.ranks[kept],
            scores=self.scores[kept],
        )


@dataclass(frozen=True, eq=False)
class Ranking:
    """A pool with its features and the reranker's verdict.

    Attributes:
        pool: as it was put together.
        feature_names: the columns of ``features``.
        features: of the rows that were weighed, in the order of the pool; shape (weighed, features).
        scores: the reranker's, shape (rows,); of what it sorted out at once, those of its first trees alone.
        weighed: whether it went on to weigh the row, shape (rows,). Those come first.
        order: the rows of the pool, visitor after visitor, each visitor's best first; shape (rows,).
    """

    pool: Pool
    feature_names: tuple[str, ...]
    features: Floats
    scores: Floats
    weighed: NDArray[np.bool_]
    order: Longs

    def of(self, row: int) -> Ranking:
        """One visitor's ranking, as a batch of one."""
        first = int(self.pool.starts[row])
        mine = slice(first, int(self.pool.starts[row + 1]))
        before = np.count_nonzero(self.weighed[:first])
        return replace(
            self,
            pool=self.pool.of(row),
            features=self.features[before : before + np.count_nonzero(self.weighed[mine])],
            scores=self.scores[mine],
            weighed=self.weighed[mine],
            order=self.order[mine] - first,
        )

    @property
    def order_weighed(self) -> Longs:
        """Of ``order``, the rows that were weighed, shape (weighed,)."""
        return self.order[self.weighed[self.order]]

    def features_of(self, rows: Longs | list[int]) -> Floats:
        """The features of some rows of the pool that were weighed, shape (n, features)."""
        assert self.weighed[rows].all(), "what was sorted out at once has no features"
        return self.features[np.searchsorted(np.flatnonzero(self.weighed), rows)]

    def top(self, k: int) -> Ints:
        """The best ``k`` articles of each visitor, padded with ``NOTHING``. Shape (batch, k)."""
        lists = np.full((len(self.pool.visitors), k), NOTHING, np.int32)
        rows = self.pool.rows[self.order]
        place = np.arange(len(rows)) - self.pool.starts[rows]
        best = place < k
        lists[rows[best], place[best]] = self.pool.items[self.order[best]]
        return lists

    def lists(self, k: int) -> dict[str, Ints]:
        """The best ``k`` of each retriever and, last, as ``ENSEMBLE``, of the reranker; padded, each (batch, k)."""
        lists = {name: candidates.first(k) for name, candidates in self.pool.candidates.items()}
        return {**lists, ENSEMBLE: self.top(k)}


def build_pool(
    retrievers: Mapping[str, Retriever],
    live: LiveArticles,
    visitors: Visitors,
    without: Collection[str] = (),
) -> Pool:
    """Ask every retriever, join the lists without repeats in the order of the retrievers, and score what was found.

    Those named in ``without`` have an empty list; they still score what the others found.
    """
    dense = {name: retriever.scores(visitors) for name, retriever in retrievers.items()}
    sizes = {name: 0 if name in without else retriever.list_size for name, retriever in retrievers.items()}
    lists = {name: best_unread(scores, live, visitors, sizes[name]) for name, scores in dense.items()}
    joined = np.hstack([candidates.items for candidates in lists.values()])
    listed = np.hstack([np.full(candidates.items.shape[1], i) for i, candidates in enumerate(lists.values())])
    ranks_in_list = np.hstack([np.arange(candidates.items.shape[1]) + 1 for candidates in lists.values()])

    visitor, column = np.nonzero(joined != NOTHING)
    position = live.position[joined[visitor, column]]
    named = np.arange(len(visitor))
    first = np.full((len(visitors), len(live.items)), len(named))
    np.minimum.at(first, (visitor, position), named)
    first_named = first[visitor, position]
    is_first = first_named == named
    row_of = np.cumsum(is_first) - 1

    rows, positions = visitor[is_first], position[is_first]
    ranks = np.full((len(rows), len(lists)), NOT_LISTED, np.int32)
    ranks[row_of[first_named], listed[column]] = ranks_in_list[column]
    starts = np.searchsorted(rows, np.arange(len(visitors) + 1))
    return Pool(
        visitors=visitors,
        live=live,
        retrievers=retrievers,
        candidates=lists,
        starts=starts,
        rows=rows.astype(np.int32),
        positions=positions.astype(np.int32),
        places=(np.arange(len(rows)) - starts[rows]).astype(np.int32),
        ranks=ranks,
        scores=np.column_stack([scores[rows, positions] for scores in dense.values()]),
    )
