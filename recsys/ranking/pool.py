"""The pool: every article that any retriever suggested to a visitor, with what each retriever says of it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from itertools import pairwise

import numpy as np

from recsys.core.arrays import ranges
from recsys.core.batches import Candidates, Visitors, make_visitors
from recsys.core.entities import CONTEXT_FIELDS
from recsys.core.types import PAD, Floats, Ints, Longs
from recsys.core.values import changed
from recsys.retrieval.base import best_allowed
from recsys.retrieval.live_articles import LiveArticles
from recsys.retrieval.moment import Moment

NOT_LISTED = 1001
"""The rank of an article in a list that it is not in."""


@dataclass(frozen=True, eq=False)
class Pool:
    """The pools of a batch of visitors, one after the other; flat arrays of shape (rows,).

    Attributes:
        visitors: the batch.
        moment: what the features read. An answer, which may be kept for long, has one without retrievers.
        candidates: the list of each retriever that suggests articles, in the order in which they were joined.
        starts: where each visitor's rows begin, shape (batch + 1,).
        rows: which visitor each row is for.
        positions: which live article it is: its position in ``live.items``.
        joined_ranks: its rank when the lists are joined one after the other, from 0.
        ranks: its rank in each list, from 1, ``NOT_LISTED`` where it is not there; (rows, retrievers).
        scores: what each retriever says of it, wherever it was found; (rows, retrievers).
        beside: lists of which nothing is in the pool, where the request asks to see them.
    """

    visitors: Visitors
    moment: Moment
    candidates: Mapping[str, Candidates]
    starts: Longs
    rows: Ints
    positions: Ints
    joined_ranks: Ints
    ranks: Ints
    scores: Floats
    beside: Mapping[str, Candidates] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def live(self) -> LiveArticles:
        """The live articles."""
        return self.moment.live

    @cached_property
    def items(self) -> Ints:
        """The article of each row, shape (rows,)."""
        return self.live.items.take(self.positions)

    @cached_property
    def cells(self) -> Longs:
        """Where each row is in a table of visitors × live articles, laid flat, shape (rows,)."""
        return self.rows.astype(np.int64) * len(self.live.items) + self.positions

    @property
    def lists(self) -> Mapping[str, Candidates]:
        """Every retriever's list: of those that suggest articles, and then of those beside."""
        return {**self.candidates, **self.beside}

    def columns(self, retrievers: Sequence[str]) -> list[int]:
        """Some retrievers' columns in ``ranks`` and ``scores``."""
        names = [*self.candidates]
        return [names.index(name) for name in retrievers]

    def rank(self, retriever: str) -> Ints:
        """The ranks in one retriever's list, shape (rows,)."""
        return self.ranks[:, self.columns([retriever])[0]]

    def suggested_by(self, row: int) -> dict[str, int]:
        """Which retrievers suggested the article of a row, and at which rank."""
        ranks = zip(self.candidates, self.ranks[row].tolist(), strict=True)
        return {name: rank for name, rank in ranks if rank != NOT_LISTED}

    def spans(self) -> Iterator[tuple[int, int]]:
        """Where each visitor's rows begin and end."""
        return pairwise(self.starts.tolist())

    @classmethod
    def of_all(cls, moment: Moment) -> Pool:
        """Every live article once, for no visitor: a feature of articles is worked out from it."""
        times = np.empty(0, np.int64)
        contexts = np.empty((0, len(CONTEXT_FIELDS)), np.int16)
        nobody = make_visitors(times, times.astype(np.int32), times, times, contexts, 0)
        live = np.arange(len(moment.live.items), dtype=np.int32)
        ranks, scores = np.empty((len(live), 0), np.int32), np.empty((len(live), 0), np.float32)
        return cls(nobody, moment, {}, np.zeros(1, np.int64), np.zeros_like(live), live, live, ranks, scores)

    def by_visitor(self) -> Pool:
        """A row for each visitor, of no certain article: a feature of visitors is worked out from it."""
        each = np.arange(len(self.visitors), dtype=np.int32)
        return changed(self, rows=each, positions=np.full_like(each, PAD), joined_ranks=each)

    def products(self, live_articles: Floats, visitors: Floats) -> Floats:
        """Scalar products of each row's article with its visitor's vectors, the same bits alone and in any batch.

        Shapes (live, dimensions), (batch, vectors, dimensions) to (vectors, rows).
        """
        vectors = visitors.shape[1]
        found = np.empty((vectors, len(self)), np.float32)
        for theirs, (first, last) in zip(visitors, self.spans(), strict=True):
            mine = live_articles.take(self.positions[first:last], axis=0)
            np.einsum("nd,kd->kn", mine, theirs, out=found[:, first:last])
        return found

    def of(self, row: int) -> Pool:
        """One visitor's pool, as a batch of one, without the retrievers."""
        if len(self.visitors) == 1:
            return changed(self, moment=Moment(self.live, {}))
        mine = slice(int(self.starts[row]), int(self.starts[row + 1]))
        return changed(
            self,
            visitors=self.visitors.of(row),
            moment=Moment(self.live, {}),
            candidates={name: candidates.of(row) for name, candidates in self.candidates.items()},
            beside={name: candidates.of(row) for name, candidates in self.beside.items()},
            starts=self.starts[row : row + 2] - self.starts[row],
            rows=self.rows[mine] - np.int32(row),
            positions=self.positions[mine],
            joined_ranks=self.joined_ranks[mine],
            ranks=self.ranks[mine],
            scores=self.scores[mine],
        )

    def only(self, kept: Longs) -> Pool:
        """Some rows of the pool, given ascending; the visitors stay."""
        starts = np.searchsorted(kept, self.starts)
        return changed(
            self,
            starts=starts,
            rows=self.rows[kept],
            positions=self.positions[kept],
            joined_ranks=self.joined_ranks[kept],
            ranks=self.ranks[kept],
            scores=self.scores[kept],
        )


def build_pool(
    moment: Moment,
    visitors: Visitors,
    without: Collection[str] = (),
    also: Sequence[int] = (),
    beside: Collection[str] = (),
) -> Pool:
    """Ask every retriever, join the lists without repeats in the order of the retrievers, and score what was found.

    Those named in ``without`` have an empty list; they still score what the others found. Those in ``beside`` are not
    asked at all. The articles of ``also`` are in everybody's pool, as far as they are live.
    """
    live = moment.live
    asked = {name: one for name, one in moment.retrievers.items() if name not in beside}
    dense = {name: retriever.scores(visitors) for name, retriever in asked.items()}
    sizes = [0 if name in without else one.settings.list_size for name, one in asked.items()]
    lists = dict(zip(dense, best_allowed([*dense.values()], sizes, live, visitors), strict=True))
    columns = [candidates.items for candidates in lists.values()]
    if wanted := [item for item in also if live.position[item] != PAD]:
        columns.append(np.tile(np.array(wanted, np.int32), (len(visitors), 1)))
    joined = np.concatenate(columns, axis=1)
    ranks_in_list, listed = _places(tuple(items.shape[1] for items in columns))

    visitor, column = (joined != PAD).nonzero()
    cell = visitor * len(live.items) + live.position.take(joined[visitor, column])
    suggestion = np.arange(len(visitor))
    first = np.empty(len(visitors) * len(live.items), np.int64)
    first[cell[::-1]] = suggestion[::-1]  # of several suggestions of an article the first is written last
    first_of_article = first.take(cell)
    is_first = first_of_article == suggestion
    row_of = is_first.cumsum() - 1

    cells = cell[is_first]
    rows, positions = np.divmod(cells, len(live.items))
    ranks = np.full((len(cells), len(columns)), NOT_LISTED, np.int32)
    ranks[row_of.take(first_of_article), listed.take(column)] = ranks_in_list.take(column)
    starts = rows.searchsorted(np.arange(len(visitors) + 1))
    return Pool(
        visitors=visitors,
        moment=moment,
        candidates=lists,
        starts=starts,
        rows=rows.astype(np.int32),
        positions=positions.astype(np.int32),
        joined_ranks=(np.arange(len(rows)) - starts.take(rows)).astype(np.int32),
        ranks=ranks[:, : len(lists)],
        scores=np.array([scores.ravel().take(cells) for scores in dense.values()]).T,
    )


@lru_cache(maxsize=64)
def _places(lengths: tuple[int, ...]) -> tuple[Longs, Longs]:
    """Lists of these lengths, one after the other: the rank of each place, from 1, and its list; shapes (places,)."""
    ends = np.array(lengths) + 1
    return ranges(np.ones_like(ends), ends)
