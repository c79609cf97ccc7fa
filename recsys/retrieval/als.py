"""ALS: matrix factorisation of who read what; visitors and new articles are folded in.

Hu, Koren & Volinsky, "Collaborative Filtering for Implicit Feedback Datasets", ICDM 2008. With item factors Y and
confidence c for what was read, a visitor is ``x = (YᵀY + (c - 1) Y_hᵀY_h + λI)⁻¹ c Σ y_h`` over the history h, so no
matrix of visitors is kept. An article published later is the same equation from the other side, over the visitors
who opened it first.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from recsys.data.clicklog import ClickLog, Clicks, Histories, grown
from recsys.domain import Floats, Visitors
from recsys.retrieval.base import NO_OPINION, Arrays, Report, Retriever, product, spread
from recsys.retrieval.fold_in import FoldedArticles
from recsys.retrieval.live import LiveArticles
from recsys.retrieval.vectors import ArticleVectors

FACTORS = 48
ITERATIONS = 8
REGULARIZATION = 2.0
SEED = 7
CONFIDENCE = 20.0
"""Of an article read, against 1 of one not read."""
DEPTH = 20
"""How many of the last clicks make a visitor's vector."""
RECENCY_DAMPING = 0.9
"""How much less confidence each earlier click of a visitor has."""
LEAST_CLICKS = 3
"""Articles with fewer clicks in training are left to be folded in."""


@dataclass(frozen=True)
class ALS(Retriever):
    """Item factors, and what is needed to fold in visitors and new articles.

    Attributes:
        factors: shape (articles + 1, dimensions); zero where not trained, and for ``NOTHING``, the last row.
        directions: the same, each of length 1.
        visitor_gram: XᵀX over the visitors of training, shape (dimensions, dimensions).
        inverse_gram: ``(YᵀY + λI)⁻¹`` over the factors as trained, same shape.
        folded: the x of each new article's first visitors.
    """

    name = "als"
    label = "ALS"
    list_size = 100

    factors: Floats
    directions: Floats
    visitor_gram: Floats
    inverse_gram: Floats
    folded: FoldedArticles

    @classmethod
    def fit(cls, log: ClickLog, live: LiveArticles, report: Report) -> ALS:
        """Factorise the readers × articles matrix of the whole log."""
        from implicit.als import AlternatingLeastSquares  # part of the train extra

        matrix = csr_matrix(
            (np.ones(len(log.clicks), np.float32), (log.clicks.users, log.clicks.items)),
            shape=(len(log.user_ids), len(log.articles)),
        )
        matrix.data[:] = CONFIDENCE
        enough = np.bincount(log.clicks.items, minlength=len(log.articles)) >= LEAST_CLICKS
        trained = np.flatnonzero(enough)
        model = AlternatingLeastSquares(
            factors=FACTORS,
            regularization=REGULARIZATION,
            iterations=ITERATIONS,
            num_threads=0,
            random_state=SEED,
            calculate_training_loss=False,
        )
        model.fit(
            matrix[:, trained],
            show_progress=False,
            callback=lambda iteration, *_: report((iteration + 1) / ITERATIONS),
        )
        factors = np.zeros((len(log.articles) + 1, FACTORS), np.float32)
        factors[trained] = model.item_factors
        gram = model.user_factors.T @ model.user_factors
        return cls.start(live, factors, gram)

    @classmethod
    def start(cls, live: LiveArticles, factors: Floats, visitor_gram: Floats) -> ALS:
        """Nothing folded in yet."""
        gram = (factors[:-1].T @ factors[:-1]).astype(np.float64)
        inverse = np.linalg.inv(gram + REGULARIZATION * np.eye(len(gram))).astype(np.float32)
        nothing = FoldedArticles.start(len(live.articles), factors.shape[1])
        return cls(live, factors, _unit(factors), visitor_gram, inverse, nothing)

    def at(self, live: LiveArticles) -> ALS:
        """The same with other articles in play; those at the end of a grown catalogue have no factors."""
        articles = len(live.articles)
        return replace(
            self,
            live=live,
            factors=grown(self.factors, articles + 1),
            directions=grown(self.directions, articles + 1),
            folded=self.folded.with_articles(articles),
        )

    def advance(self, clicks: Clicks, histories: Histories, live: LiveArticles) -> ALS:
        """Fold in articles without factors from the trained articles that their first visitors had read."""
        rows = self.folded.wanted(clicks, self._trained)
        chosen = clicks.rows(rows)
        visitors = histories.visitors(chosen.users, chosen.times, chosen.contexts, DEPTH)
        folded = self.folded.add(chosen.items, self._fold_visitors(visitors, self.factors))
        return replace(self, live=live, folded=folded)

    def scores(self, visitors: Visitors) -> Floats:
        """How much the visitor is expected to prefer each article: about 0 to 1."""
        vectors = self._fold_visitors(visitors, self.vectors)
        scores = product(vectors, self._live_vectors.T)
        known = np.logical_and.outer(vectors.any(axis=1), self._live_known)
        return np.where(known, scores, NO_OPINION)

    @cached_property
    def vectors(self) -> ArticleVectors:
        """The factors of every article, trained or folded in; zero where there are none."""
        items, counts, visitors = self.folded.laid_out()
        # The first visitors stand for all who have come by now: without it, what is new would seem unpopular.
        stand_for = (self.live.clicks[items] / counts).astype(np.float32)[:, None]
        outer = np.swapaxes(visitors, 1, 2) @ visitors * stand_for[:, :, None]
        sums = visitors.sum(axis=1) * stand_for
        solved = _solve(self.visitor_gram + (CONFIDENCE - 1) * outer, CONFIDENCE * sums)
        return ArticleVectors.over(self.factors, items, solved)

    @cached_property
    def article_vectors(self) -> ArticleVectors:
        """The same, each of length 1."""
        return replace(self.vectors, trained=self.directions, folded=_unit(self.vectors.folded))

    def visitor_vectors(self, visitors: Visitors) -> Floats:
        """What the visitors are folded into, each of length 1; zero for a visitor without a history."""
        return _unit(self._fold_visitors(visitors, self.vectors))

    def state(self) -> Arrays:
        """The factors that are there, and what is needed to fold in."""
        rows = np.flatnonzero(self._trained).astype(np.int32)
        return {"rows": rows, "factors": self.factors[rows], "visitor_gram": self.visitor_gram}

    @classmethod
    def restore(cls, state: Arrays, live: LiveArticles) -> ALS:
        """The factors as trained; later articles are folded in by ``advance``."""
        factors = spread(state["factors"], state["rows"], len(live.articles) + 1)
        return cls.start(live, factors, state["visitor_gram"])

    @cached_property
    def _trained(self) -> NDArray[np.bool_]:
        return np.asarray(self.factors.any(axis=1))

    @cached_property
    def _live_vectors(self) -> Floats:
        return self.vectors[self.live.items]

    @cached_property
    def _live_known(self) -> NDArray[np.bool_]:
        return np.asarray(self._live_vectors.any(axis=1))

    def _fold_visitors(self, visitors: Visitors, vectors: Floats | ArticleVectors) -> Floats:
        """Shape (batch, dimensions); zero where nothing in the history has a vector.

        A history is shorter than a vector, so that the equation is solved from its side: with G for ``YᵀY + λI`` and
        W for the diagonal of ``c - 1``, ``(G + YₕᵀWYₕ)⁻¹Yₕᵀ = G⁻¹Yₕᵀ(I + WYₕG⁻¹Yₕᵀ)⁻¹`` (push-through identity).
        """
        items = visitors.items[:, :DEPTH]
        result = np.zeros((len(items), self.factors.shape[1]), np.float32)
        if not visitors.have_read.any():
            return result
        weight = CONFIDENCE * RECENCY_DAMPING ** np.arange(items.shape[1], dtype=np.float32)
        read = vectors[items]
        known = read.any(axis=(1, 2))
        read = read[known]
        solved = read @ self.inverse_gram
        kernel = np.maximum(weight - 1.0, 0.0)[:, None] * (read @ np.swapaxes(solved, 1, 2))
        shares = np.linalg.solve(np.eye(len(weight), dtype=np.float32) + kernel, weight[:, None])
        result[known] = (np.swapaxes(solved, 1, 2) @ shares)[:, :, 0]
        return result


def _solve(matrices: Floats, sides: Floats) -> Floats:
    """Solve (A + λI) x = b for each of a batch. Shapes (n, d, d), (n, d)."""
    ridge = REGULARIZATION * np.eye(matrices.shape[-1], dtype=np.float32)
    return np.linalg.solve(matrices + ridge, sides[:, :, None])[:, :, 0].astype(np.float32)


def _unit(vectors: Floats) -> Floats:
    return np.asarray(vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9))
