"""ALS: matrix factorisation of who read what; visitors and new articles are folded in.

Hu, Koren & Volinsky, "Collaborative Filtering for Implicit Feedback Datasets", ICDM 2008. With item factors Y and
confidence c for what was read, a visitor is ``x = (YᵀY + (c - 1) Y_hᵀY_h + λI)⁻¹ c Σ y_h`` over the history h, so no
matrix of visitors is kept. An article published later is the same equation from the other side, over the visitors
who opened it first.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Annotated, Any

import numpy as np
from pydantic import Field, NonNegativeInt, PositiveFloat, PositiveInt

from recsys.core.arrays import against, pair_keys, scatter_rows
from recsys.core.batches import Visitors
from recsys.core.progress import Report
from recsys.core.settings import Share
from recsys.core.types import PAD, Arrays, Floats, Longs
from recsys.data.click_log import ClickLog
from recsys.data.clicks import Clicks
from recsys.data.histories import Histories
from recsys.retrieval.article_vectors import ArticleVectors
from recsys.retrieval.base import NO_OPINION, Retriever, RetrieverSettings, threads_to_fit
from recsys.retrieval.fold_in import FoldedArticles, FoldedVectors
from recsys.retrieval.late_clicks import LateClicks
from recsys.retrieval.live_articles import LiveArticles

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

AT_ONCE = 256
"""Visitors who are folded in together, a bound on memory."""
MOST_WAITING = 100
"""Parts in which clicks wait: more become one, in which only those stay that will be asked for."""


class ALSSettings(RetrieverSettings):
    """Numbers of the factorisation, and of what is folded in."""

    list_size: NonNegativeInt = 100
    factors: PositiveInt = 48
    iterations: PositiveInt = 8
    regularization: PositiveFloat = 2.0
    spark_regularization_per_click: PositiveFloat = 0.1
    """Spark multiplies ALS's regularization by a visitor's or an article's number of clicks (ALS-WR), so this differs
    from ``regularization``. On tuning tasks of the simulated log and of eight real days, it comes closest to ours."""
    seed: int = 7
    confidence: Annotated[float, Field(ge=1)] = 20.0
    """Of an article read, against 1 for one not read."""
    depth: PositiveInt = 20
    """How many of the last clicks make a visitor's vector."""
    recency_damping: Share = 0.9
    """How much less confidence each earlier click of a visitor has."""
    min_clicks: PositiveInt = 3
    """Articles with fewer clicks in training are left to be folded in."""
    fold_in_visitors: PositiveInt = 60
    """A new article's vector is made from so many first visitors: enough to settle, and a bound on the cost."""


@dataclass(frozen=True)
class ALS(Retriever[ALSSettings]):
    """Item factors, and what is needed to fold in visitors and new articles.

    Attributes:
        factors: those of training.
        directions: the trained ones, each of length 1, shape (trained + 1, dimensions).
        visitor_gram: XᵀX over the visitors of training, shape (dimensions, dimensions).
        inverse_gram: ``(YᵀY + λI)⁻¹`` over the factors as trained, same shape.
        folded: the x of each new article's first visitors, as far as somebody has asked for them.
        waiting: later clicks on articles without factors; their visitors are folded in when somebody asks.
        histories: what these visitors had read by then.
        before: the vectors that were made of them at some earlier moment.
    """

    name = "als"
    Settings = ALSSettings

    factors: ArticleVectors
    directions: Floats
    visitor_gram: Floats
    inverse_gram: Floats
    folded: FoldedArticles
    waiting: tuple[Clicks, ...] = ()
    histories: Histories | None = None
    before: FoldedVectors | None = None

    @classmethod
    def fit(cls, settings: ALSSettings, log: ClickLog, live: LiveArticles, report: Report) -> ALS:
        """Factorise the readers × articles matrix of the whole log."""
        from implicit.als import AlternatingLeastSquares  # part of the train extra

        matrix = _confidences(log, settings.confidence)
        enough = np.bincount(log.clicks.items, minlength=len(log.articles)) >= settings.min_clicks
        trained = np.flatnonzero(enough)
        model = AlternatingLeastSquares(
            factors=settings.factors,
            regularization=settings.regularization,
            iterations=settings.iterations,
            num_threads=threads_to_fit(),
            random_state=settings.seed,
            calculate_training_loss=False,
        )
        model.fit(
            matrix[:, trained],
            show_progress=False,
            callback=lambda iteration, *_: report((iteration + 1) / settings.iterations),
        )
        factors = np.zeros((len(log.articles) + 1, settings.factors), np.float32)
        factors[trained] = model.item_factors
        gram = model.user_factors.T @ model.user_factors
        return cls.start(settings, live, factors, gram)

    @classmethod
    def start(cls, settings: ALSSettings, live: LiveArticles, factors: Floats, visitor_gram: Floats) -> ALS:
        """Nothing folded in yet; factors of all articles, zero where not trained, and for ``PAD``, the last row."""
        gram = (factors[:-1].T @ factors[:-1]).astype(np.float64)
        inverse = np.linalg.inv(gram + settings.regularization * np.eye(len(gram))).astype(np.float32)
        nothing = FoldedArticles.start(factors.shape[1], settings.fold_in_visitors)
        known = ArticleVectors.of(factors)
        return cls(settings, live, known, _unit(known.trained), visitor_gram, inverse, nothing)

    def at(self, live: LiveArticles) -> ALS:
        """The same with other live articles; those at the end of a grown catalogue have no factors."""
        return self._with(live=live, factors=self.factors.grown(len(live.articles)))

    def knowing(self, other: ALS) -> ALS:
        """The same with the vectors of another moment, those of which still hold."""
        return self._with(before=other.vectors_at_hand)

    def advance(self, clicks: Clicks, histories: Histories, live: LiveArticles) -> ALS:
        """Note who opened articles without factors. Where lists of ALS are only looked at, few moments need more."""
        new, later = clicks.rows(~self.factors.is_trained[clicks.items]), self._with(live=live, histories=histories)
        if not len(new):
            return later
        later = replace(later, waiting=(*later.waiting, new))
        return replace(later, waiting=(later._of_first_visitors(),)) if len(later.waiting) > MOST_WAITING else later

    def recounted(self, known: ALS, clicks: LateClicks, histories: Histories, live: LiveArticles) -> ALS:
        """Fold in anew the articles whose first visitors were others than it seemed, where any are folded in."""
        if "first_visitors" not in vars(known):
            return self.knowing(known).advance(clicks.since, histories, live)
        few = replace(self, folded=self.first_visitors.only(clicks.items), waiting=())
        again = few.advance(clicks.on_items, histories, live).first_visitors
        folded = known.first_visitors.without(clicks.items).joined(again)
        return known._with(live=live, folded=folded, waiting=(), histories=histories)

    def scores(self, visitors: Visitors) -> Floats:
        """How much the visitor is expected to prefer each article: about 0 to 1."""
        if visitors.all_new:
            return np.full((len(visitors), len(self.live.items)), NO_OPINION)
        vectors = self._fold_visitors(visitors, self.vectors)
        scores = against(vectors, self._live_vectors)
        scores[:, self._live_unknown] = NO_OPINION
        scores[~vectors.any(axis=1)] = NO_OPINION
        return scores

    @cached_property
    def first_visitors(self) -> FoldedArticles:
        """Those of each article without factors, folded in from the trained articles that they had read."""
        if not self.waiting or self.histories is None:
            return self.folded
        chosen = self._of_first_visitors()
        some = self.histories.readers_in_batches(chosen, self.settings.depth)
        vectors = [self._fold_visitors(visitors, self.factors) for visitors in some]
        return self.folded.add(chosen.items, np.concatenate([self.factors.folded, *vectors]))

    @cached_property
    def vectors(self) -> ArticleVectors:
        """The factors of every article, trained or folded in; zero where there are none."""
        return self.factors.with_folded(self.folded_vectors.items, self.folded_vectors.vectors)

    @property
    def vectors_at_hand(self) -> FoldedVectors | None:
        """Those of this moment where they have been worked out, else those of an earlier one."""
        return vars(self).get("folded_vectors", self.before)

    @cached_property
    def folded_vectors(self) -> FoldedVectors:
        """The factors of the articles that are folded in."""
        clicks = self.live.clicks

        def solve(items: list[int], visitors: Floats) -> Floats:
            # The first visitors stand for all who have come by now: without it, what is new would seem unpopular.
            counts = np.array([len(self.first_visitors.first[item].vectors) for item in items])
            stand_for = (clicks[items] / counts).astype(np.float32)[:, None]
            outer = np.swapaxes(visitors, 1, 2) @ visitors * stand_for[:, :, None]
            sums = visitors.sum(axis=1) * stand_for
            confidence = self.settings.confidence
            matrices = self.visitor_gram + (confidence - 1) * outer
            return _solve(matrices, confidence * sums, self.settings.regularization)

        return FoldedVectors.of(self.first_visitors, clicks, solve, self.before)

    @cached_property
    def article_vectors(self) -> ArticleVectors:
        """The same, each of length 1."""
        return replace(self.vectors, trained=self.directions, folded=_unit(self.vectors.folded))

    def visitor_vectors(self, visitors: Visitors) -> Floats:
        """What the visitors are folded into, each of length 1; zero for a visitor without a history."""
        return _unit(self._fold_visitors(visitors, self.vectors))

    def state(self) -> Arrays:
        """The factors that are there, and what is needed to fold in."""
        rows = np.flatnonzero(self.factors.is_trained).astype(np.int32)
        return {"rows": rows, "factors": self.factors.trained[:-1], "visitor_gram": self.visitor_gram}

    @classmethod
    def restore(cls, settings: ALSSettings, state: Arrays, live: LiveArticles) -> ALS:
        """The factors as trained; later articles are folded in by ``advance``."""
        factors = scatter_rows(state["factors"], state["rows"], len(live.articles) + 1)
        return cls.start(settings, live, factors, state["visitor_gram"])

    def _of_first_visitors(self) -> Clicks:
        """Of the clicks that wait, those that are among the first on their article."""
        waiting = self.waiting[0].joined(*self.waiting[1:])
        return waiting.rows(self.folded.wanted(waiting, self.factors.is_trained))

    def _with(self, **changes: Any) -> ALS:
        """The same with something changed, and with what has been worked out by now."""
        changes = {"before": self.vectors_at_hand} | changes
        if "first_visitors" in vars(self):
            changes = {"folded": self.first_visitors, "waiting": ()} | changes
        return replace(self, **changes)

    @cached_property
    def _live_vectors(self) -> Floats:
        return self.vectors[self.live.items]

    @cached_property
    def _live_unknown(self) -> Longs:
        return np.flatnonzero(~self._live_vectors.any(axis=1))

    def _fold_visitors(self, visitors: Visitors, vectors: ArticleVectors) -> Floats:
        """Shape (batch, dimensions); zero where nothing in the history has a vector.

        A history is shorter than a vector, so that the equation is solved from its side: with G for ``YᵀY + λI`` and
        W for the diagonal of ``c - 1``, ``(G + YₕᵀWYₕ)⁻¹Yₕᵀ = G⁻¹Yₕᵀ(I + WYₕG⁻¹Yₕᵀ)⁻¹`` (push-through identity).
        """
        items = visitors.items[:, : self.settings.depth]
        result = np.zeros((len(items), self.inverse_gram.shape[0]), np.float32)
        lengths = np.count_nonzero(items != PAD, axis=1)
        for length in set(lengths.tolist()) - {0}:  # those who have read as much together: matrices of one size
            who = (lengths == length).nonzero()[0]
            for first in range(0, len(who), AT_ONCE):
                some = who[first : first + AT_ONCE]
                result[some] = self._folded(vectors[items[some, :length]])
        return result

    def _folded(self, read: Floats) -> Floats:
        """The same of histories of one length, as vectors, newest first; (n, length, dimensions) to (n, dimensions)."""
        weight, surplus, eye = _confidence_by_age(self.settings, read.shape[1])
        solved = read @ self.inverse_gram
        kernel = surplus * (read @ solved.swapaxes(1, 2))
        shares = np.linalg.solve(eye + kernel, weight)
        return (solved.swapaxes(1, 2) @ shares)[:, :, 0]


@lru_cache(maxsize=64)
def _confidence_by_age(settings: ALSSettings, length: int) -> tuple[Floats, Floats, Floats]:
    """What each of the last clicks counts, by how much that is more than 1, and the unit matrix of that size."""
    weight = settings.confidence * settings.recency_damping ** np.arange(length, dtype=np.float32)[:, None]
    return weight, np.maximum(weight - 1.0, 0.0), np.eye(length, dtype=np.float32)


def _solve(matrices: Floats, sides: Floats, regularization: float) -> Floats:
    """Solve (A + λI) x = b for each of a batch. Shapes (n, d, d), (n, d)."""
    ridge = regularization * np.eye(matrices.shape[-1], dtype=np.float32)
    return np.linalg.solve(matrices + ridge, sides[:, :, None])[:, :, 0].astype(np.float32)


def _confidences(log: ClickLog, confidence: float) -> csr_matrix:
    """Readers × articles: the confidence of each article read, times the largest weight of the clicks on it."""
    from scipy.sparse import csr_matrix  # only training needs it

    read, which = np.unique(pair_keys(log.clicks.users, log.clicks.items), return_inverse=True)
    strongest = np.zeros(len(read), np.float32)
    np.maximum.at(strongest, which, log.clicks.counted() * np.float32(confidence))
    shape = (len(log.user_ids), len(log.articles))
    readers, articles = (one.astype(np.int32) for one in (read >> 32, read & 0xFFFFFFFF))
    return csr_matrix((strongest, (readers, articles)), shape)


def _unit(vectors: Floats) -> Floats:
    return np.asarray(vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9))
