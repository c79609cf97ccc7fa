"""The matrix of features: each is worked out as often as its values differ, then looked up for every row."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Self

import numpy as np

from recsys.core.caching import memoized
from recsys.core.types import Floats, Longs
from recsys.ranking.features.registry import Feature, VariesBy
from recsys.ranking.pool import Pool
from recsys.retrieval.moment import Moment


@dataclass(frozen=True, eq=False)
class Layout:
    """Which features a matrix has.

    Attributes:
        features: its columns, in order.
        given: the names of those whose values are handed in.
    """

    features: tuple[Feature, ...]
    given: tuple[str, ...] = ()

    def matrix(self, pool: Pool, given: Floats | None = None) -> Floats:
        """The features of every row, shape (rows, features), column after column; missing values are NaN.

        ``given`` are the values of the features of that name, shape (rows, given).
        """
        values = np.empty((len(self.features), len(pool)), np.float32)
        if given is not None:
            values[self._given] = given.T
        articles, visitors = self._columns["article"], self._columns["visitor"]
        if len(articles):
            values[articles] = _of_articles(self, pool.moment).take(pool.positions, axis=1)
        if len(visitors):
            values[visitors] = self._worked_out("visitor", pool.by_visitor()).take(pool.rows, axis=1)
        _fill(values, self._pairs, pool)
        np.copyto(values, np.nan, where=np.isinf(values))
        return values.T

    def after(self, first: Layout) -> Self:
        """The same features, those of another layout handed in."""
        return type(self)(self.features, tuple(one.name for one in first.features))

    def _worked_out(self, what: VariesBy, pool: Pool) -> Floats:
        """The features of one kind, shape (features, rows)."""
        columns = self._columns[what].tolist()
        values = np.empty((len(columns), len(pool)), np.float32)
        _fill(values, enumerate(self.features[at] for at in columns), pool)
        return values

    @cached_property
    def _columns(self) -> dict[VariesBy, Longs]:
        """The columns of each kind that are to be worked out."""
        wanted = [(at, one.varies_by) for at, one in enumerate(self.features) if one.name not in self.given]
        kinds: tuple[VariesBy, ...] = ("pair", "article", "visitor")
        return {kind: np.array([at for at, by in wanted if by == kind], np.int64) for kind in kinds}

    @cached_property
    def _pairs(self) -> list[tuple[int, Feature]]:
        return [(at, self.features[at]) for at in self._columns["pair"].tolist()]

    @cached_property
    def _given(self) -> Longs:
        names = [one.name for one in self.features]
        return np.array([names.index(name) for name in self.given], np.int64)


def _fill(values: Floats, features: Iterable[tuple[int, Feature]], pool: Pool) -> None:
    """Work features out, each into its row; what is the same for everybody who is new is only written down."""
    for row, one in features:
        known = one.new_visitor_value if pool.visitors.all_new else None
        values[row] = one.function(pool) if known is None else known


@memoized
def _of_articles(layout: Layout, moment: Moment) -> Floats:
    """What does not depend on the visitor, of every live article, once a moment; shape (features, live)."""
    return layout._worked_out("article", Pool.of_all(moment))


@lru_cache(maxsize=32)
def layout_of(features: tuple[Feature, ...]) -> Layout:
    """The layout of these columns: one for all who ask, so that a moment keeps what it worked out once."""
    return Layout(features)


def matrix(pool: Pool, features: Sequence[Feature]) -> Floats:
    """The features of every row, shape (rows, features); see ``Layout``."""
    return layout_of(tuple(features)).matrix(pool)
