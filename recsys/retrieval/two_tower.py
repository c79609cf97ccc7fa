"""The two-tower network, served: weights exported from training, new articles folded in from who clicked them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from recsys.data.clicklog import Articles, ClickLog, Clicks, Histories
from recsys.domain import HOUR, NOTHING, Doubles, Floats, Ints, Longs, Visitors
from recsys.retrieval import towers
from recsys.retrieval.audience import Audience
from recsys.retrieval.base import Arrays, Report, Retriever, product
from recsys.retrieval.counts import DecayedCounts
from recsys.retrieval.fold_in import FoldedArticles
from recsys.retrieval.live import LiveArticles

SECTION_VISITORS = 3.0
"""A new article's section weighs as much as this many of its first visitors."""
MEMORY = 8 * HOUR
"""``fit`` counts this far back: what is older has decayed under the floor."""
FLOOR = 0.02
AUDIENCE_WEIGHT = 0.6
"""What the audience counts beside the logarithm of popularity."""
BATCH = 8_192


@dataclass(frozen=True)
class TwoTower(Retriever):
    """Weights of both towers, the sums of the first visitors' vectors of new articles, and decayed clicks."""

    name = "two_tower"
    label = "Two-tower"
    list_size = 200
    knows_time: ClassVar[bool] = True
    """Whether an article's age and its share of the clicks are part of its score."""

    weights: Arrays
    folded: FoldedArticles
    clicks: DecayedCounts
    audience: Audience

    @classmethod
    def fit(cls, log: ClickLog, live: LiveArticles, report: Report) -> TwoTower:
        """Train both towers with PyTorch."""
        from recsys.retrieval.two_tower_training import train  # part of the train extra

        start = live.moment - MEMORY
        clicks = log.clicks.between(start, live.moment)
        counts = _no_clicks(start).advance(*_events(clicks), live.moment)
        weights = train(log, report, knows_time=cls.knows_time)
        nobody = Audience.start(np.empty((0, towers.DIMENSIONS), np.float32), start)
        trained = cls(live, weights, _no_folds(live), counts, nobody)
        readers = trained._readers(clicks, log.histories)
        audience = Audience.start(readers, start).advance(clicks.items, clicks.times, readers, live.moment)
        return replace(trained, audience=audience)

    def advance(self, clicks: Clicks, histories: Histories, live: LiveArticles) -> TwoTower:
        """Fold in articles without a trained id from the vectors of their first visitors."""
        rows = self.folded.wanted(clicks, self._trained)
        chosen = clicks.rows(rows)
        visitors = histories.visitors(chosen.users, chosen.times, chosen.contexts, towers.HISTORY)
        vectors = self._visitor_vectors(visitors, self._trained_vectors)
        counts = self.clicks.advance(*_events(clicks), live.moment)
        readers = self._readers(clicks, histories)
        audience = self.audience.advance(clicks.items, clicks.times, readers, live.moment)
        folded = self.folded.add(chosen.items, vectors)
        return replace(self, live=live, folded=folded, clicks=counts, audience=audience)

    def scores(self, visitors: Visitors) -> Floats:
        """The logarithm of the article's share of the clicks, plus how well the visitor goes with who reads it now."""
        if not self.knows_time:
            similarity = product(self.visitor_vectors(visitors), self.vectors[self.live.items].T)
            return np.asarray(similarity / self.weights["temperature"], np.float32)
        return np.asarray(self._log_shares + AUDIENCE_WEIGHT * self.audience_scores(visitors), np.float32)

    def audience_scores(self, visitors: Visitors) -> Floats:
        """How much likelier than anybody each visitor is among each live article's readers, as a logarithm."""
        slopes, offsets = self._audience_lines
        return np.asarray(product(self._visitor_vectors(visitors, self._trained_vectors), slopes.T) + offsets)

    def visitor_vectors(self, visitors: Visitors) -> Floats:
        """The user tower's output, shape (batch, dimensions)."""
        return self._visitor_vectors(visitors, self.vectors)

    @cached_property
    def vectors(self) -> Floats:
        """The article tower's output, with new articles folded in; one zero row at the end for ``NOTHING``."""
        vectors = self._trained_vectors.copy()
        items = self.folded.items()
        slots = self.folded.slots[items]
        vectors[items] = towers.unit(SECTION_VISITORS * vectors[items] + self.folded.sums[slots])
        return vectors

    def state(self) -> Arrays:
        """The weights and the clicks; later articles are folded in by ``advance``."""
        return {**self.weights, **self.clicks.state("clicks_"), **self.audience.state("audience_")}

    @classmethod
    def restore(cls, state: Arrays, live: LiveArticles) -> TwoTower:
        """The towers as trained."""
        counts = DecayedCounts.restore(state, "clicks_", live.moment, FLOOR)
        audience = Audience.restore(state, "audience_", live.moment)
        weights = {name: array for name, array in state.items() if not name.startswith(("clicks_", "audience_"))}
        return cls(live, weights, _no_folds(live), counts, audience)

    @cached_property
    def _trained(self) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
        return np.asarray(self.weights["id"].any(axis=1))

    @cached_property
    def _trained_vectors(self) -> Floats:
        sections = section_rows(self.live.articles, len(self.weights["section"]))
        vectors = towers.article_vectors(self.weights, self.weights["id"], sections)
        return np.vstack([vectors, np.zeros((1, towers.DIMENSIONS), np.float32)])

    @cached_property
    def _audience_lines(self) -> tuple[Floats, Floats]:
        return self.audience.lines(self.live.items)

    @cached_property
    def _log_shares(self) -> Floats:
        return towers.log_shares(self.clicks.lookup(0, self.live.items)[0])

    def _readers(self, clicks: Clicks, histories: Histories) -> Floats:
        """The vectors of those who clicked, as they were just before; shape (clicks, dimensions)."""
        found = [np.empty((0, towers.DIMENSIONS), np.float32)]
        for first in range(0, len(clicks), BATCH):
            some = clicks.rows(slice(first, first + BATCH))
            visitors = histories.visitors(some.users, some.times, some.contexts, towers.HISTORY)
            found.append(self._visitor_vectors(visitors, self._trained_vectors))
        return np.concatenate(found)

    def _visitor_vectors(self, visitors: Visitors, vectors: Floats) -> Floats:
        items = _padded(visitors.items, towers.HISTORY)
        contexts = towers.context_rows(visitors.contexts)
        inputs: list[NDArray[Any]] = [vectors[items], contexts, towers.gap_features(visitors)]
        if len(visitors) == 1:  # see ``product``
            inputs = [np.repeat(one, 2, axis=0) for one in inputs]
        return np.asarray(towers.user_vectors(np, self.weights, *inputs))[: len(visitors)]


def _no_folds(live: LiveArticles) -> FoldedArticles:
    return FoldedArticles.start(len(live.articles), towers.DIMENSIONS)


def _no_clicks(moment: int) -> DecayedCounts:
    return DecayedCounts.start((towers.POPULARITY_HALF_LIFE,), moment, FLOOR)


def _events(clicks: Clicks) -> tuple[Longs, Longs, Doubles]:
    return clicks.items.astype(np.int64), clicks.times, np.ones((1, len(clicks)))


def section_rows(articles: Articles, rows: int) -> Ints:
    """Each article's row of the section table: its code + 1, 0 where unknown or beyond the table."""
    known = (articles.sections >= 0) & (articles.sections + 1 < rows)
    return np.where(known, articles.sections + 1, 0).astype(np.int32)


def _padded(items: Ints, width: int) -> Ints:
    """Exactly ``width`` columns."""
    missing = max(width - items.shape[1], 0)
    return np.pad(items[:, :width], ((0, 0), (0, missing)), constant_values=NOTHING)
