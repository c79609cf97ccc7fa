"""The two towers as trained, with new articles folded in from who opened them first."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from recsys.core.arrays import first_columns, grown, scatter_rows
from recsys.core.batches import Visitors
from recsys.core.caching import memoized
from recsys.core.progress import Report
from recsys.core.types import Arrays, Floats, Ints, Longs
from recsys.data.articles import Articles
from recsys.data.click_log import ClickLog
from recsys.data.clicks import Clicks
from recsys.data.histories import Histories
from recsys.retrieval.article_vectors import ArticleVectors
from recsys.retrieval.fold_in import FoldedArticles, FoldedVectors
from recsys.retrieval.two_tower import network
from recsys.retrieval.two_tower.settings import TwoTowerSettings


@dataclass(frozen=True, eq=False)
class TrainedTowers:
    """What training made, and what is folded in.

    Attributes:
        settings: of the network, and of what is folded in.
        weights: as in ``network.shapes``, but for ``id``, which has the articles with a trained id alone.
        has_id: which articles have a trained id, shape (articles,).
        trained: the article tower's output; one zero row at the end for ``PAD``. Shape (articles + 1, dimensions).
        folded: the vectors of the first visitors of new articles.
        before: the vectors that were made of them at some earlier moment.
    """

    settings: TwoTowerSettings
    weights: Arrays
    has_id: NDArray[np.bool_]
    trained: Floats
    folded: FoldedArticles
    before: FoldedVectors | None = None

    @classmethod
    def fit(
        cls, settings: TwoTowerSettings, log: ClickLog, report: Report, *, knows_time: bool = True
    ) -> TrainedTowers:
        """Train both towers with PyTorch."""
        from recsys.retrieval.two_tower.training import train  # needs the extra ``train``

        return cls.start(settings, log.articles, train(settings, log, report, knows_time=knows_time))

    def refitted(self, log: ClickLog, since: int, report: Report, *, knows_time: bool = True) -> TrainedTowers:
        """Go on training both towers, with the clicks since a moment, ms."""
        from recsys.retrieval.two_tower.training import train

        more = train(self.settings, log, report, before=self.all_weights, since=since, knows_time=knows_time)
        return self.start(self.settings, log.articles, more)

    @classmethod
    def start(cls, settings: TwoTowerSettings, articles: Articles, weights: Arrays) -> TrainedTowers:
        """Nothing folded in yet."""
        vectors = network.article_vectors(
            weights, weights["id"], network.section_rows(articles, len(weights["section"]))
        )
        size = settings.network.dimensions
        trained = np.vstack([vectors, np.zeros((1, size), np.float32)])
        nothing = FoldedArticles.start(size, settings.fold_in_visitors)
        has_id = np.asarray(weights["id"].any(axis=1))
        return cls(settings, {**weights, "id": weights["id"][has_id]}, has_id, trained, nothing)

    @property
    def all_weights(self) -> Arrays:
        """As in ``network.shapes``; zero for articles without a trained id."""
        rows = np.flatnonzero(self.has_id).astype(np.int32)
        return {**self.weights, "id": scatter_rows(self.weights["id"], rows, len(self.has_id))}

    def with_articles(self, articles: Articles) -> TrainedTowers:
        """The same with a catalogue that has grown at its end, by articles without a trained id."""
        old, length = len(self.has_id), len(articles)
        if old == length:
            return self
        ids = np.zeros((length - old, self.weights["id"].shape[1]), np.float32)
        sections = network.section_rows(articles, len(self.weights["section"]))[old:]
        new = network.article_vectors(self.weights, ids, sections)
        trained = np.vstack([self.trained[:-1], new, self.trained[-1:]])
        has_id = grown(self.has_id, length, False)
        return replace(self, has_id=has_id, trained=trained, before=self.vectors_at_hand)

    def wanted(self, clicks: Clicks) -> Longs:
        """The rows of the clicks that ``fold_in`` can use."""
        return self.folded.wanted(clicks, self.has_id)

    def fold_in(self, items: Ints, readers: Floats) -> TrainedTowers:
        """Fold in new articles from the outputs of those who opened them, in order."""
        if len(items) == 0:
            return self
        return self.refolded(self.folded.add(items, network.unit(readers)))

    def refolded(self, folded: FoldedArticles) -> TrainedTowers:
        """The same with other articles folded in."""
        return replace(self, folded=folded, before=self.vectors_at_hand)

    def visitor_vectors(self, visitors: Visitors) -> Floats:
        """The user tower's unit vectors, shape (batch, dimensions)."""
        return np.asarray(network.unit(self._both_outputs(visitors)[1]))

    def settled_outputs(self, visitors: Visitors) -> Floats:
        """Its outputs, not of unit length, by the trained articles alone: they stay when more is folded in."""
        return self._both_outputs(visitors)[0]

    @memoized
    def _both_outputs(self, visitors: Visitors) -> tuple[Floats, Floats]:
        """By the trained articles alone, and by all; in one pass, since an answer needs both."""
        items = first_columns(visitors.items, self.settings.network.history)
        trained = self.trained.take(items, axis=0)
        if visitors.all_new:
            found = self._outputs(visitors, trained)  # nothing was read that could have been folded in
            return found, found
        found = self._outputs(visitors, np.concatenate([trained, self.vectors[items]]))
        return found[: len(visitors)], found[len(visitors) :]

    def readers(self, clicks: Clicks, histories: Histories) -> Floats:
        """The settled outputs of those who clicked, as they were just before; shape (clicks, dimensions)."""
        history = self.settings.network.history
        found = [np.empty((0, self.settings.network.dimensions), np.float32)]
        for visitors in histories.readers_in_batches(clicks, history):
            found.append(self._outputs(visitors, self.trained[first_columns(visitors.items, history)]))
        return np.concatenate(found)

    @cached_property
    def vectors(self) -> ArticleVectors:
        """The article tower's output, with new articles folded in; zero for ``PAD``."""
        return ArticleVectors.over(self.trained, self.folded_vectors.items, self.folded_vectors.vectors)

    @property
    def vectors_at_hand(self) -> FoldedVectors | None:
        """Those of this moment where they have been worked out, else those of an earlier one."""
        return vars(self).get("folded_vectors", self.before)

    @cached_property
    def folded_vectors(self) -> FoldedVectors:
        """The vectors of the articles that are folded in."""

        def solve(items: list[int], visitors: Floats) -> Floats:
            return np.asarray(
                network.unit(self.settings.section_visitors * self.trained[items] + visitors.sum(axis=1)), np.float32
            )

        return FoldedVectors.of(self.folded, None, solve, self.before)

    def _outputs(self, visitors: Visitors, read: Floats) -> Floats:
        """For one or several versions of what the visitors read, one after the other."""
        settings, versions = self.settings.network, len(read) // max(len(visitors), 1)
        context, gaps = network.context_rows(settings, visitors.contexts), network.gap_features(visitors)
        if versions > 1:
            context, gaps = np.concatenate([context] * versions), np.concatenate([gaps] * versions)
        return np.asarray(network.user_outputs(np, settings, self.weights, read, context, gaps))
