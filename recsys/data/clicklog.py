"""A click log as columns sorted by time, its articles, and each user's history."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, fields, replace
from functools import cached_property
from typing import Any, TypeVar, cast

import numpy as np
from numpy.typing import NDArray

from recsys.data.settings import DatasetSettings
from recsys.domain import HOUR, NOTHING, Codes, Floats, Ints, Longs, Visitors, pair_keys

Array = TypeVar("Array", bound=NDArray[Any])

TIME_BITS = 41
"""Bits of a time in ms within a (user, time) key: enough until 2039, and for four million users."""

UNDATED = -1
"""The publication time of an article without metadata."""


@dataclass(frozen=True)
class Articles:
    """The catalogue; an article's index is its row. As it is read it is sorted by id, and what comes later follows.

    Attributes:
        ids: the dataset's ids, int64, shape (articles,).
        sections: category codes, int32, -1 where unknown.
        published: when readers could first open it, ms; ``UNDATED`` where unknown.
        words: length in words, int32, 0 where unknown.
        titles: headlines, or None where the dataset has none.
        embeddings: published vectors of the contents, shape (articles, dimensions), zero for an article without one;
            None where the dataset has none.
    """

    ids: Longs
    sections: Ints
    published: Longs
    words: Ints
    titles: NDArray[np.object_] | None = None
    embeddings: Floats | None = None

    def __len__(self) -> int:
        return len(self.ids)

    def index(self, article_ids: Longs | int) -> Ints:
        """The index of each id, or ``NOTHING`` where the catalogue does not have it."""
        return find(self.ids, np.asarray(article_ids, np.int64), self._by_id)

    def with_ids(self, new: Longs) -> Articles:
        """The catalogue with further articles at its end, of which nothing but the id is known."""
        length = len(self) + len(new)
        return Articles(
            np.append(self.ids, new),
            grown(self.sections, length, -1),
            grown(self.published, length, UNDATED),
            grown(self.words, length),
            None if self.titles is None else grown(self.titles, length, ""),
            None if self.embeddings is None else grown(self.embeddings, length),
        )

    @cached_property
    def _by_id(self) -> Longs:
        return np.argsort(self.ids, kind="stable")


@dataclass(frozen=True)
class Clicks:
    """Clicks in the order of their times; every column has shape (clicks,) but ``contexts``, (clicks, 6)."""

    users: Ints
    items: Ints
    times: Longs
    sessions: Longs
    contexts: Codes

    def __len__(self) -> int:
        return len(self.times)

    def rows(self, which: slice | NDArray[np.generic]) -> Clicks:
        """Some of the clicks: a view for a slice, a copy for an array."""
        return Clicks(*(getattr(self, column.name)[which] for column in fields(Clicks)))

    def between(self, start: int | None, end: int | None) -> Clicks:
        """The clicks with start <= time < end, as views."""
        first = 0 if start is None else int(np.searchsorted(self.times, start))
        last = len(self) if end is None else int(np.searchsorted(self.times, end))
        return self.rows(slice(first, last))

    def before(self, time: int) -> Clicks:
        """The clicks before a moment, as views."""
        return self.between(None, time)

    def joined(self, later: Clicks) -> Clicks:
        """These clicks and then later ones."""
        return Clicks(*(np.concatenate([getattr(self, c.name), getattr(later, c.name)]) for c in fields(Clicks)))

    def merged(self, others: Clicks) -> Clicks:
        """These clicks and others, in the order of their times; of the same moment, these first."""
        both = self.joined(others)
        return both.rows(np.argsort(both.times, kind="stable"))

    def by_session(self) -> Longs:
        """The rows session after session, each session's in the order of their times. Shape (clicks,)."""
        return np.argsort(self.sessions, kind="stable")


@dataclass(frozen=True)
class ClickLog:
    """A dataset: settings, articles, users and clicks. Users' indices are rows of ``user_ids``, which is sorted."""

    settings: DatasetSettings
    articles: Articles
    user_ids: Longs
    clicks: Clicks

    def before(self, time: int) -> ClickLog:
        """The log as it was at a moment; the columns are views. Articles and users keep their indices."""
        return replace(self, clicks=self.clicks.before(time))

    @cached_property
    def histories(self) -> Histories:
        """Each user's clicks."""
        return Histories.from_clicks(self.clicks, len(self.user_ids))

    @cached_property
    def end(self) -> int:
        """The end of the last hour with real traffic, ms.

        A published log trails off: a few sessions last for days. An hour counts when it holds a tenth of the
        median hour's clicks.
        """
        if not len(self.clicks):
            return 0
        times = self.clicks.times
        every = np.arange(times[0] // HOUR, times[-1] // HOUR + 2)
        counts = np.diff(np.searchsorted(times, every * HOUR))
        hours, counts = every[:-1][counts > 0], counts[counts > 0]
        busy = hours[counts >= np.median(counts[counts >= counts.mean() / 10]) / 10]
        return int(busy[-1] + 1) * HOUR

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256 over the clicks and the ids that they point to."""
        digest = hashlib.sha256()
        for array in (
            self.articles.ids,
            self.user_ids,
            *(getattr(self.clicks, c.name) for c in fields(Clicks)),
        ):
            digest.update(np.ascontiguousarray(array).data)
        return digest.hexdigest()


@dataclass(frozen=True)
class Histories:
    """Every user's clicks, oldest first, one user after the other.

    Attributes:
        origin: the moment, ms, from which times are counted.
        offsets: ms since then, shape (clicks,), in 32 bits where the log is shorter than 49 days.
        items: article indices in the same order.
        starts: where each user's clicks begin, shape (users + 1,).
    """

    origin: int
    offsets: NDArray[np.uint32] | Longs
    items: Ints
    starts: Longs

    @classmethod
    def from_clicks(cls, clicks: Clicks, users: int) -> Histories:
        """Group clicks by user; clicks of one user at the same moment keep their order."""
        order = np.argsort(clicks.users, kind="stable")
        starts = np.searchsorted(clicks.users[order], np.arange(users + 1))
        origin = int(clicks.times[0]) if len(clicks) else 0
        return cls(origin, _narrow(clicks.times[order] - origin), clicks.items[order], starts)

    def before(self, time: int) -> Histories:
        """The histories as they were at a moment; these themselves where nothing is later."""
        earlier = self.offsets < max(time - self.origin, 0)
        if earlier.all():
            return self
        starts = np.append(0, np.cumsum(earlier))[self.starts]
        return Histories(self.origin, self.offsets[earlier], self.items[earlier], starts)

    def with_clicks(self, clicks: Clicks, users: int) -> Histories:
        """The histories with further clicks, of ``users`` users: those that are new follow the others."""
        order = np.lexsort((clicks.times, clicks.users))
        clicks = clicks.rows(order)
        places = np.full(len(clicks), len(self.items))
        known = clicks.users < len(self.starts) - 1
        places[known] = self._before(clicks.users[known], clicks.times[known] + 1)
        starts = grown(self.starts, users + 1, len(self.items)) + np.searchsorted(clicks.users, np.arange(users + 1))
        times = np.insert(self.times(slice(None)), places, clicks.times)
        origin = min(self.origin, int(times.min(initial=self.origin)))
        return Histories(origin, _narrow(times - origin), np.insert(self.items, places, clicks.items), starts)

    def times(self, which: slice | Longs) -> Longs:
        """The times of some of the clicks, ms."""
        return self.origin + self.offsets[which].astype(np.int64)

    def spans(self, users: Ints, as_of: Longs) -> tuple[Longs, Longs]:
        """Where each user's clicks before each moment begin and end; user -1 has none. Shapes (batch,)."""
        starts = self.starts[np.maximum(users, 0)]
        return starts, self._before(users, as_of)

    def _before(self, users: Ints, as_of: Longs) -> Longs:
        """Where each user's clicks before each moment end: binary searches in all their histories at once."""
        known = np.maximum(users, 0)
        low = self.starts[known]
        high = np.where(users >= 0, self.starts[known + 1], low)
        wanted = np.asarray(as_of) - self.origin
        searching = np.flatnonzero(low < high)
        while len(searching):
            middle = (low[searching] + high[searching]) // 2
            earlier = self.offsets[middle] < wanted[searching]
            low[searching[earlier]] = middle[earlier] + 1
            high[searching[~earlier]] = middle[~earlier]
            searching = searching[low[searching] < high[searching]]
        return low

    def of(self, user: int) -> tuple[Ints, Longs]:
        """One user's articles and times, oldest first."""
        span = slice(int(self.starts[user]), int(self.starts[user + 1]))
        return self.items[span], self.times(span)

    def visitors(self, users: Ints, as_of: Longs, contexts: Codes, depth: int) -> Visitors:
        """The batch of these users at these moments, with their last ``depth`` clicks each."""
        starts, ends = self.spans(users, as_of)
        flat, rows = ranges(starts, ends)
        return make_visitors(rows, self.items[flat], self.times(flat), np.asarray(as_of), contexts, depth)


def _narrow(offsets: Longs) -> NDArray[np.uint32] | Longs:
    """In 32 bits where that is enough."""
    return offsets.astype(np.uint32) if offsets.max(initial=0) <= np.iinfo(np.uint32).max else offsets


def user_keys(users: Ints, times: Longs) -> Longs:
    """Pack users and moments, ms, into sortable keys ``user << TIME_BITS | time``."""
    return (users.astype(np.int64) << TIME_BITS) | np.asarray(times, np.int64)


def make_visitors(rows: Longs, items: Ints, times: Longs, as_of: Longs, contexts: Codes, depth: int) -> Visitors:
    """Lay out histories, given flat and oldest first within each visitor's row, as a batch."""
    batch = len(as_of)
    counts = np.bincount(rows, minlength=batch)
    age = np.cumsum(counts)[rows] - 1 - np.arange(len(rows))  # 0 for the newest click of a row
    recent = age < depth
    laid_items = np.full((batch, depth), NOTHING, np.int32)
    laid_times = np.zeros((batch, depth), np.int64)
    laid_items[rows[recent], age[recent]] = items[recent]
    laid_times[rows[recent], age[recent]] = times[recent]
    known = items != NOTHING
    read = pair_keys(rows[known], items[known])
    return Visitors(laid_items, laid_times, contexts, as_of, counts.astype(np.int32), read)


def ranges(starts: Longs, ends: Longs) -> tuple[Longs, Longs]:
    """The integers of several ranges one after the other, and which range each is of."""
    lengths = ends - starts
    rows = np.repeat(np.arange(len(starts)), lengths)
    offsets = np.cumsum(lengths) - lengths
    return np.arange(int(lengths.sum())) + (starts - offsets)[rows], rows


def find(ids: Longs, wanted: Longs, order: Longs | None = None) -> Ints:
    """The position of each id, or ``NOTHING``; ``order`` sorts the ids where they are not sorted."""
    if len(ids) == 0:
        return np.full(np.shape(wanted), NOTHING, np.int32)
    at = np.minimum(np.searchsorted(ids, wanted, sorter=order), len(ids) - 1)
    at = at if order is None else order[at]
    return np.where(ids[at] == wanted, at, NOTHING).astype(np.int32)


def grown(array: Array, length: int, value: object = 0) -> Array:
    """The array with rows of one value at its end, up to a length; itself where it is that long."""
    if len(array) == length:
        return array
    tail = np.full((length - len(array), *array.shape[1:]), value, array.dtype)
    return cast(Array, np.concatenate([array, tail]))
