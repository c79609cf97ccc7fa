"""The two towers as trained, with new articles folded in from who opened them first."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from recsys.data.clicklog import Articles, ClickLog, Clicks, Histories, grown
from recsys.domain import Floats, Ints, Longs, Visitors, columns
from recsys.once import once
from recsys.retrieval import towers
from recsys.retrieval.base import Arrays, Report
from recsys.retrieval.fold_in import FoldedArticles
from recsys.retrieval.vectors import ArticleVectors

SECTION_VISITORS = 3.0
"""A new article's section weighs as much as this many of its first visitors."""
BATCH = 8_192
"""Visitors at a time: a bound on memory."""


@dataclass(frozen=True, eq=False)
class TrainedTowers:
    """What training made, and what is folded in.

    Attributes:
        weights: as in ``towers.shapes``.
        has_id: which articles have a trained id, shape (articles,).
        trained: the article tower's output; one zero row at the end for ``NOTHING``. Shape (articles + 1, dimensions).
        folded: the vectors of the first visitors of new articles.
    """

    weights: Arrays
    has_id: NDArray[np.bool_]
    trained: Floats
    folded: FoldedArticles

    @classmethod
    def fit(cls, log: ClickLog, report: Report, *, knows_time: bool = True) -> TrainedTowers:
        """Train both towers with PyTorch."""
        from recsys.retrieval.two_tower_training import train  # part of the train extra

        return cls.start(log.articles, train(log, report, knows_time=knows_time))

    @classmethod
    def start(cls, articles: Articles, weights: Arrays) -> TrainedTowers:
        """Nothing folded in yet."""
        vectors = towers.article_vectors(weights, weights["id"], section_rows(articles, len(weights["section"])))
        trained = np.vstack([vectors, np.zeros((1, towers.DIMENSIONS), np.float32)])
        nothing = FoldedArticles.start(len(articles), towers.DIMENSIONS)
        return cls(weights, np.asarray(weights["id"].any(axis=1)), trained, nothing)

    def with_articles(self, articles: Articles) -> TrainedTowers:
        """The same with a catalogue that has grown at its end, by articles without a trained id."""
        old, length = len(self.has_id), len(articles)
        if old == length:
            return self
        ids = np.zeros((length - old, self.weights["id"].shape[1]), np.float32)
        sections = section_rows(articles, len(self.weights["section"]))[old:]
        new = towers.article_vectors(self.weights, ids, sections)
        trained = np.vstack([self.trained[:-1], new, self.trained[-1:]])
        return TrainedTowers(
            self.weights, grown(self.has_id, length, False), trained, self.folded.with_articles(length)
        )

    def wanted(self, clicks: Clicks) -> Longs:
        """The rows of the clicks that ``fold_in`` can use."""
        return self.folded.wanted(clicks, self.has_id)

    def fold_in(self, items: Ints, readers: Floats) -> TrainedTowers:
        """Fold in new articles from the outputs of those who opened them, in order."""
        return replace(self, folded=self.folded.add(items, towers.unit(readers)))

    def visitor_vectors(self, visitors: Visitors) -> Floats:
        """The user tower's unit vectors, shape (batch, dimensions)."""
        return np.asarray(towers.unit(self._outputs(visitors, self.vectors)))

    def settled_outputs(self, visitors: Visitors) -> Floats:
        """Its outputs, not of unit length, by the trained articles alone: they stay when more is folded in."""
        return self._outputs(visitors, self.trained)

    def readers(self, clicks: Clicks, histories: Histories) -> Floats:
        """The settled outputs of those who clicked, as they were just before; shape (clicks, dimensions)."""
        found = [np.empty((0, towers.DIMENSIONS), np.float32)]
        for first in range(0, len(clicks), BATCH):
            some = clicks.rows(slice(first, first + BATCH))
            found.append(
                self.settled_outputs(histories.visitors(some.users, some.times, some.contexts, towers.HISTORY))
            )
        return np.concatenate(found)

    @cached_property
    def vectors(self) -> ArticleVectors:
        """The article tower's output, with new articles folded in; zero for ``NOTHING``."""
        items, _, visitors = self.folded.laid_out()
        folded = towers.unit(SECTION_VISITORS * self.trained[items] + visitors.sum(axis=1))
        return ArticleVectors.over(self.trained, items, folded)

    def _outputs(self, visitors: Visitors, vectors: Floats | ArticleVectors) -> Floats:
        items = columns(visitors.items, towers.HISTORY)
        return np.asarray(towers.user_outputs(np, self.weights, vectors[items], *_context(visitors)))


@once
def _context(visitors: Visitors) -> tuple[Longs, Floats]:
    """Rows of the context table, and the gaps, as the user tower wants them."""
    return towers.context_rows(visitors.contexts), towers.gap_features(visitors)


def section_rows(articles: Articles, rows: int) -> Ints:
    """Each article's row of the section table: its code + 1, 0 where unknown or beyond the table."""
    known = (articles.sections >= 0) & (articles.sections + 1 < rows)
    return np.where(known, articles.sections + 1, 0).astype(np.int32)
