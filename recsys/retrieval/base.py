"""The contract of a retriever."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from recsys.data.clicklog import ClickLog, Clicks, Histories
from recsys.domain import NOTHING, Candidates, Floats, Ints, Visitors
from recsys.retrieval.live import LiveArticles
from recsys.retrieval.vectors import ArticleVectors

NO_OPINION = np.float32(-np.inf)
"""The score of an article of which a retriever can say nothing."""

Arrays = Mapping[str, NDArray[Any]]
Report = Callable[[float], None]
"""Called with the share of the work done, from 0 to 1."""


@dataclass(frozen=True)
class Retriever(ABC):
    """Scores every live article for a visitor. A retriever is a value: it knows the clicks up to its moment.

    The slow part (``fit``) learns from the past. The fast part (``advance``) takes in newer clicks and returns a new
    retriever at the later moment, which shares the slow part; the old one stays as it was, for whoever uses it.
    """

    name: ClassVar[str]
    label: ClassVar[str]
    list_size: ClassVar[int]

    live: LiveArticles

    @classmethod
    @abstractmethod
    def fit(cls, log: ClickLog, live: LiveArticles, report: Report) -> Self:
        """Learn from a log that ends at ``live.moment``."""

    @abstractmethod
    def advance(self, clicks: Clicks, histories: Histories, live: LiveArticles) -> Self:
        """The retriever at ``live.moment``, with the clicks since its own moment, in the order of their times.

        ``histories`` tells what their readers had read before; it is never asked for anything at or after a click.
        """

    @abstractmethod
    def scores(self, visitors: Visitors) -> Floats:
        """How well each live article fits each visitor; ``NO_OPINION`` where unknown. Shape (batch, live)."""

    @abstractmethod
    def state(self) -> Arrays:
        """The arrays from which ``restore`` makes this retriever again."""

    @classmethod
    @abstractmethod
    def restore(cls, state: Arrays, live: LiveArticles) -> Self:
        """The retriever with this state; ``live`` is at the moment at which it was saved."""

    def at(self, live: LiveArticles) -> Self:
        """The same retriever with other articles in play, or a catalogue that has grown, at the same moment."""
        return replace(self, live=live)

    @property
    def article_vectors(self) -> ArticleVectors | None:
        """Unit vectors of all articles, zero where there is none; None: it has none."""
        return None

    def visitor_vectors(self, visitors: Visitors) -> Floats | None:
        """Unit vectors of visitors in the space of ``article_vectors``, (batch, dimensions); None: it has none."""
        return None

    @cached_property
    def live_article_vectors(self) -> Floats:
        """The unit vectors of the live articles, shape (live, dimensions); without a dimension where it has none."""
        vectors = self.article_vectors
        return np.zeros((len(self.live.items), 0), np.float32) if vectors is None else vectors[self.live.items]

    def retrieve(self, visitors: Visitors, n: int | None = None) -> Candidates:
        """The best ``n`` unread articles for each visitor, ``list_size`` where left out."""
        return best_unread(self.scores(visitors), self.live, visitors, self.list_size if n is None else n)


def best_unread(scores: Floats, live: LiveArticles, visitors: Visitors, n: int) -> Candidates:
    """The best ``n`` live articles of each row that the visitor has not read; fewer where fewer have a score.

    Equal scores go by article index, so that the answer depends on the scores alone. Shapes (batch, live) in,
    (batch, n) out.
    """
    unread = scores.copy()
    places = live.position[(visitors.read & 0xFFFFFFFF).astype(np.int64)]
    hit = places != NOTHING
    unread[(visitors.read >> 32)[hit], places[hit]] = NO_OPINION
    n = min(n, unread.shape[1])
    if n == 0:
        return Candidates(np.empty((len(scores), 0), np.int32), np.empty((len(scores), 0), np.float32))
    items = np.full((len(scores), n), NOTHING, np.int32)
    found = np.full((len(scores), n), NO_OPINION, np.float32)
    for row, mine in enumerate(unread):
        at_least = np.flatnonzero(mine > NO_OPINION)
        falling = -mine[at_least]
        if len(falling) > n:
            # Ties at the border are kept until the sort, which decides them by article index.
            best = falling <= np.partition(falling, n - 1)[n - 1]
            at_least, falling = at_least[best], falling[best]
        at_least = at_least[np.argsort(falling, kind="stable")][:n]
        items[row, : len(at_least)] = live.items[at_least]
        found[row, : len(at_least)] = mine[at_least]
    return Candidates(items, found)


def product(rows: Floats, matrix: Floats) -> Floats:
    """``rows @ matrix``, each row with the same bits alone and in any batch; shapes (n, k), (k, m) to (n, m).

    BLAS is faster, but on many processors it rounds a row by its place in the batch: then an answer would depend on
    who else asked, and on how often the clock was stopped on its way.
    """
    return np.asarray(np.einsum("nk,km->nm", rows, matrix))


def spread(rows: Floats, places: Ints, length: int) -> Floats:
    """A table of zeros but for some rows; shapes (n, d), (n,) to (length, d)."""
    table = np.zeros((length, rows.shape[1]), rows.dtype)
    table[places] = rows
    return table


def smoothed(counts: NDArray[Any], totals: NDArray[Any] | float, prior: NDArray[Any] | float, strength: float) -> Any:
    """Shares with ``strength`` pseudo-clicks spread like ``prior`` (additive smoothing)."""
    return (counts + strength * prior) / (totals + strength)
