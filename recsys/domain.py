"""The values that pass between the parts: frozen, with shapes and units.

Inside, users and articles are dense indices (``int32``) and times are milliseconds since 1970 UTC (``int64``).
Outside (pages, REST, command line), they are the ids of the dataset.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from recsys.ranking.pool import Ranking

Ints = NDArray[np.int32]
Longs = NDArray[np.int64]
Floats = NDArray[np.float32]
Doubles = NDArray[np.float64]
Codes = NDArray[np.int16]

SECOND = 1_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR

CONTEXT_FIELDS = ("device", "os", "country", "region", "environment", "referrer")
"""What is known of a click besides who, what and when: the columns of every array of contexts, in this order."""

OVERRIDABLE = ("device", "os", "country")
"""The fields of a context that a request may set."""

UNKNOWN = 0
"""The code of a context field that the log does not have."""

NOTHING = -1
"""Pads arrays of article indices."""

ENSEMBLE = "ensemble"
"""The name of the reranked list, beside those of the retrievers."""


@dataclass(frozen=True)
class Context:
    """Codes of one visitor's device, system and place, as the dataset numbers them."""

    device: int = UNKNOWN
    os: int = UNKNOWN
    country: int = UNKNOWN
    region: int = UNKNOWN
    environment: int = UNKNOWN
    referrer: int = UNKNOWN

    @classmethod
    def from_codes(cls, codes: Codes) -> Context:
        """Read one row of an array of contexts, shape (6,)."""
        return cls(*(int(code) for code in codes))

    def codes(self) -> tuple[int, ...]:
        """The codes in the order of ``CONTEXT_FIELDS``."""
        return tuple(getattr(self, name) for name in CONTEXT_FIELDS)


@dataclass(frozen=True)
class Click:
    """One article read: its id in the dataset and the moment, in ms since 1970 UTC."""

    article_id: int
    time: int


@dataclass(frozen=True)
class ObservedClick:
    """A click as it comes in: who read what, when, in which context. Two with one ``id`` are one click.

    ``session_id`` None stands for a session of the visitor's own.
    """

    id: str
    user_id: int
    article_id: int
    time: int
    context: Context = Context()
    session_id: int | None = None


@dataclass(frozen=True)
class Request:
    """The question: who, in which context, at which moment, how many articles.

    ``user_id`` names a stored user; ``history`` (oldest first) takes the place of what is stored. With neither, the
    visitor is new. ``overrides`` sets fields of the context by code. ``as_of`` (ms) is the newest moment that the
    artifacts know where it is left out; of that moment itself only the context in which the visitor asks is known, and
    nothing after it has any influence on the answer. ``without`` names retrievers that propose nothing; what the
    reranker knows from their counts and vectors stays.
    """

    user_id: int | None = None
    history: tuple[Click, ...] | None = None
    overrides: Mapping[str, int] = field(default_factory=dict)
    as_of: int | None = None
    k: int = 10
    without: frozenset[str] = frozenset()


@dataclass(frozen=True, eq=False)
class Visitors:
    """A batch of visitors as arrays, in the form in which retrievers and features read them.

    Attributes:
        items: the last clicks, newest first, shape (batch, depth), padded with ``NOTHING``.
        times: their times in ms, same shape, 0 where padded.
        contexts: shape (batch, 6), in the order of ``CONTEXT_FIELDS``.
        as_of: the moment of each request in ms, shape (batch,).
        clicks: the length of each whole history, shape (batch,).
        read: every article ever read, as keys ``row << 32 | article`` in any order, shape (all clicks,).
    """

    items: Ints
    times: Longs
    contexts: Codes
    as_of: Longs
    clicks: Ints
    read: Longs

    def __len__(self) -> int:
        return len(self.items)

    def of(self, row: int) -> Visitors:
        """One visitor, as a batch of one."""
        mine = slice(row, row + 1)
        read = self.read[self.read >> 32 == row] - (row << 32)
        return Visitors(
            self.items[mine], self.times[mine], self.contexts[mine], self.as_of[mine], self.clicks[mine], read
        )

    @cached_property
    def have_read(self) -> NDArray[np.bool_]:
        """Who has read anything, shape (batch,)."""
        return np.asarray((self.items != NOTHING).any(axis=1))

    def visit_lengths(self) -> Longs:
        """How many of the laid out clicks belong to the present visit: each within an hour of the next, or of now."""
        later = np.column_stack([self.as_of, self.times[:, :-1]])
        near = (self.items != NOTHING) & (later - self.times < HOUR)
        return np.cumprod(near, axis=1).sum(axis=1)

    def has_read(self, rows: Ints, items: Ints) -> NDArray[np.bool_]:
        """Whether each (visitor row, article) pair is in the visitor's history; any shape."""
        return np.isin(pair_keys(rows, items), self.read)


@dataclass(frozen=True)
class Candidates:
    """A retriever's answer for a batch, best first.

    Attributes:
        items: article indices, shape (batch, n), padded with ``NOTHING`` at the end of a row.
        scores: same shape, not increasing within a row; -inf where padded.
    """

    items: Ints
    scores: Floats

    def of(self, row: int) -> Candidates:
        """One visitor's."""
        return Candidates(self.items[row : row + 1], self.scores[row : row + 1])

    def first(self, n: int) -> Ints:
        """The best ``n`` articles of each visitor, padded with ``NOTHING``. Shape (batch, n)."""
        return columns(self.items, n)


@dataclass(frozen=True)
class Profile:
    """A visitor's context as stored and as used for the answer."""

    stored: Context
    used: Context

    @property
    def overrides_applied(self) -> bool:
        """Whether an override changed anything."""
        return self.stored != self.used


@dataclass(frozen=True)
class Recommendation:
    """The answer for one request, every stage of it.

    ``ranking`` holds the candidates of each retriever, the pool, the feature matrix and the reranker's scores of this
    one visitor; ``articles`` are the ids of the final list, best first, with their reranker ``scores``;
    ``ground_truth`` is the id of the article that the visitor really opened next, where that is known.
    """

    request: Request
    as_of: int
    profile: Profile
    history: tuple[Click, ...]
    ranking: Ranking
    articles: tuple[int, ...]
    scores: tuple[float, ...]
    ground_truth: int | None
    timings_ms: Mapping[str, float]

    def places_of(self, article_id: int) -> dict[str, int]:
        """Where an article stands, from 1: in each retriever's list and, as ``ENSEMBLE``, in the reranked pool.

        0 where it is not there.
        """
        pool, order = self.ranking.pool, self.ranking.order
        item = int(pool.live.articles.index(article_id))
        lists = {name: candidates.items[0] for name, candidates in pool.candidates.items()}
        return {name: _place(items, item) for name, items in {ENSEMBLE: pool.items[order], **lists}.items()}


def _place(items: Ints, item: int) -> int:
    found = np.flatnonzero((items == item) & (items != NOTHING))
    return int(found[0]) + 1 if len(found) else 0


def columns(items: Ints, n: int) -> Ints:
    """The first ``n`` columns, padded with ``NOTHING`` where there are fewer. Shapes (batch, any) to (batch, n)."""
    found = np.full((len(items), n), NOTHING, np.int32)
    found[:, : items.shape[1]] = items[:, :n]
    return found


def pair_keys(rows: Ints | Longs | int, items: Ints | Longs) -> Longs:
    """Pack (row, item) pairs into sortable keys ``row << 32 | item``; ``NOTHING`` sorts before its row's items."""
    return (np.asarray(rows, np.int64) << 32) + items


def contains(sorted_keys: Longs, keys: Longs) -> NDArray[np.bool_]:
    """Whether each key is in a sorted array."""
    if len(sorted_keys) == 0:
        return np.zeros(np.shape(keys), bool)
    at = np.minimum(np.searchsorted(sorted_keys, keys), len(sorted_keys) - 1)
    return np.asarray(sorted_keys[at] == keys)
