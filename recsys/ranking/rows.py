"""The rows that the reranker learns from: replayed questions, with what retrieval brought up for them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from recsys.domain import Floats, Ints, Longs
from recsys.engine import Engine
from recsys.evaluation.requests import Questions, moment_batches, sample
from recsys.ranking.features import matrix
from recsys.ranking.pool import Pool
from recsys.retrieval.base import Report

FIRST_CLICKS = 0.2
"""How often a session's first click is asked for, beside its last one: that of a new visitor follows no other."""
MIDDLE_CLICKS = 0.4
"""How often one in between is: the last ones are what the protocol asks for, and teach more each."""
NEGATIVES = 0.06
"""Share of a question's pool that is kept as negatives. Drawn evenly: keeping the high-ranked ones and thinning out the
rest would teach the reranker that low ranks are better than they are (measured: .307 NDCG@20 instead of .351)."""
SEED = 7
BATCH = 256


@dataclass(frozen=True)
class Rows:
    """Features (rows, features), whether the article was opened (rows,), and the rows of each question (questions,)."""

    features: Floats
    clicked: Ints
    sizes: Longs

    def __len__(self) -> int:
        return len(self.clicked)

    def hardest(self, scores: Floats, most: int) -> Rows:
        """Without the negatives that, by these scores, are not among the first ``most`` of their whole pool.

        The rows hold an even share of each pool, so that a place among them stands for one in the pool.
        """
        question = np.repeat(np.arange(len(self.sizes)), self.sizes)
        negatives_last = np.where(self.clicked == 1, np.inf, scores)
        order = np.lexsort((-negatives_last, question))
        place = np.empty(len(self), np.int64)
        place[order] = np.arange(len(self)) - np.repeat(np.cumsum(self.sizes) - self.sizes, self.sizes)
        kept = (self.clicked == 1) | (place <= NEGATIVES * most)  # the clicked one, in front, takes place 0
        return Rows(self.features[kept], self.clicked[kept], np.bincount(question[kept], minlength=len(self.sizes)))

    @classmethod
    def joined(cls, parts: Iterable[Rows]) -> Rows:
        """Several sets of rows, one after the other."""
        columns = zip(*((part.features, part.clicked, part.sizes) for part in parts), strict=True)
        return cls(*(np.concatenate(column) for column in columns))


def draw(asked: Questions, start: int, end: int, per_hour: int) -> Questions:
    """The questions of a span that become rows: sessions that open in it, and targets that are known at its end."""
    asked = asked.opening_in(start, end)
    asked = asked.rows(asked.times < end)
    weights = np.where(asked.position == 0, FIRST_CLICKS, np.where(asked.last_before(end), 1.0, MIDDLE_CLICKS))
    return sample(asked, per_hour, SEED, weights)


def training_rows(engine: Engine, asked: Questions, features: tuple[str, ...], report: Report) -> Rows:
    """Rows from the engine's own pools, moment by moment.

    A question whose article no retriever brought up teaches nothing about order and is left out. The negatives
    are an even share of what retrieval brought up.
    """
    rng = np.random.default_rng(SEED)
    moments = asked.moments
    found = [Rows(np.empty((0, len(features)), np.float32), np.empty(0, np.int32), np.empty(0, np.int64))]
    for first, last in moment_batches(moments, BATCH):
        batch = asked.rows(slice(first, last))
        requests = batch.requests(engine.histories, engine.articles.ids)
        pool = engine.pool(requests, engine.at(int(moments[first])))
        pool = pool.only(_chosen(pool, pool.items == batch.targets[pool.rows], rng))
        clicked = (pool.items == batch.targets[pool.rows]).astype(np.int32)
        sizes = np.diff(pool.starts)
        found.append(Rows(matrix(pool, features), clicked, sizes[sizes > 0]))
        report(last / len(asked))
    return Rows.joined(found)


def _chosen(pool: Pool, clicked: NDArray[np.bool_], rng: np.random.Generator) -> Longs:
    answerable = np.bincount(pool.rows, clicked, len(pool.visitors)) > 0
    return np.flatnonzero(answerable[pool.rows] & (clicked | (rng.random(len(pool)) < NEGATIVES)))
