"""What the rules of a policy look at: one reader's candidates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from functools import cached_property
from typing import Protocol

import numpy as np

from recsys.core.entities import Request
from recsys.core.types import PAD, Bools, Doubles, Floats, Ints, Longs
from recsys.policy.catalogue import Catalogue
from recsys.ranking.ranking import Ranking
from recsys.retrieval.popularity.retriever import Popularity


class ReaderCandidates(Protocol):
    """One reader's candidates, in the reranker's order; arrays of shape (candidates,)."""

    @property
    def request(self) -> Request:
        """What the reader asked for."""

    @property
    def catalogue(self) -> Catalogue:
        """Looks up what rules name."""

    @property
    def as_of(self) -> int:
        """The moment of the request, ms."""

    @property
    def rows(self) -> Longs:
        """The rows of the pool."""

    @property
    def items(self) -> Ints:
        """The articles."""

    @property
    def scores(self) -> Doubles:
        """The scores, in log-odds: the reranker's, or where it has none the first stage's."""

    @property
    def reranked(self) -> Bools:
        """Which of them the reranker has scored; these come first."""

    @property
    def sections(self) -> Ints:
        """The code of each section, under 0 where it is unknown."""

    @property
    def age_hours(self) -> Doubles:
        """Hours since readers could first open each."""

    @property
    def clicks(self) -> Longs:
        """How often each has been opened."""

    @property
    def ranks_now(self) -> Longs:
        """The rank of each among all articles, from 0, by how often it is read just now."""

    @property
    def vectors(self) -> Floats | None:
        """Unit vectors, shape (candidates, dimensions), zero where an article has none; None where no algorithm has
        any.
        """

    @property
    def sections_read(self) -> Ints:
        """The section of each of the reader's last clicks, where it is known; shape (clicks,)."""


class CandidatesOfRanking:
    """Candidates that are looked up in a ranking, what only some rules ask for when one does.

    Args:
        ranking: of the whole batch, with the retrievers of its moment.
        row: which of its visitors this is.
        request: what they asked for.
        catalogue: looks up what rules name.
        rows: of the pool, in the ranking's order.
    """

    def __init__(self, ranking: Ranking, row: int, request: Request, catalogue: Catalogue, rows: Longs) -> None:
        self.request, self.catalogue = request, catalogue
        self._pool, self._row, self.rows = ranking.pool, row, rows
        self.items = self._pool.items[self.rows]
        self.scores = ranking.scores[self.rows].astype(float)
        self.reranked = ranking.reranked[self.rows]
        # Where each is among the live articles, for what is laid out by them once a moment.
        self._positions = self._pool.positions[self.rows]

    @property
    def as_of(self) -> int:
        """As in ``ReaderCandidates``."""
        return int(self._pool.visitors.as_of[self._row])

    @cached_property
    def sections(self) -> Ints:
        """As in ``ReaderCandidates``."""
        return self.catalogue.articles.sections[self.items]

    @cached_property
    def age_hours(self) -> Doubles:
        """As in ``ReaderCandidates``."""
        return self._pool.live.live_age_hours(self._positions, self.as_of)

    @cached_property
    def clicks(self) -> Longs:
        """As in ``ReaderCandidates``."""
        return self._pool.live.clicks[self.items]

    @cached_property
    def ranks_now(self) -> Longs:
        """As in ``ReaderCandidates``; by all clicks so far where no retriever counts those of just now."""
        moment, live = self._pool.moment, self._pool.live
        popularity = moment.retrievers.get(Popularity.name)
        if isinstance(popularity, Popularity):
            return popularity.ranks_now[self._positions]
        counts = live.clicks[live.items]
        return np.asarray((counts > counts[self._positions][:, None]).sum(axis=1))

    @cached_property
    def vectors(self) -> Floats | None:
        """As in ``ReaderCandidates``: of the retriever with vectors that was registered last."""
        retrievers = reversed(list(self._pool.moment.retrievers.values()))
        found = next((one for one in retrievers if one.article_vectors is not None), None)
        if found is None:
            return None
        return found.live_article_vectors[self._positions]

    @cached_property
    def sections_read(self) -> Ints:
        """As in ``ReaderCandidates``."""
        items = self._pool.visitors.items[self._row]
        sections = self.catalogue.articles.sections[items[items != PAD]]
        return sections[sections >= 0]


@dataclass(frozen=True, eq=False)
class KeptCandidates:
    """Candidates by themselves, to be kept while policies are tried on them: without the moment, which is large.

    ``table`` has the vectors of all that readers of one moment have between them, ``places`` where the own ones are.
    """

    request: Request
    catalogue: Catalogue
    as_of: int
    rows: Longs
    items: Ints
    scores: Doubles
    reranked: Bools
    sections: Ints
    age_hours: Doubles
    clicks: Longs
    ranks_now: Longs
    sections_read: Ints
    table: Floats | None
    places: Ints

    @classmethod
    def of(cls, readers: Sequence[ReaderCandidates]) -> list[KeptCandidates]:
        """All that rules may ask of the candidates of readers at one moment."""
        items, firsts = np.unique(np.concatenate([one.items for one in readers]), return_index=True)
        vectors = [one.vectors for one in readers]
        known = [own for own in vectors if own is not None]
        table = np.concatenate(known)[firsts] if known else None
        as_they_are = [one.name for one in fields(cls) if one.name not in ("table", "places")]
        return [
            cls(
                **{name: getattr(one, name) for name in as_they_are},
                table=table,
                places=items.searchsorted(one.items).astype(np.int32),
            )
            for one in readers
        ]

    @property
    def vectors(self) -> Floats | None:
        """As in ``ReaderCandidates``."""
        return None if self.table is None else self.table[self.places]


def index_of(candidates: ReaderCandidates, item: int) -> int:
    """Where an article is among the candidates, or ``PAD``."""
    found = np.flatnonzero(candidates.items == item)
    return int(found[0]) if len(found) else PAD
