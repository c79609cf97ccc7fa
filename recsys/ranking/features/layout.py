"""The matrix of features: each is worked out as often as its values differ, then looked up for every row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Self, get_args

import numpy as np

from recsys.core.caching import memoized
from recsys.core.types import Floats, Longs
from recsys.ranking.features.registry import Feature, Function, VariesBy
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
        self._fill(values, "pair", pool)
        np.copyto(values, np.nan, where=np.isinf(values))
        return values.T

    def after(self, first: Layout) -> Self:
        """The same features, those of another layout handed in."""
        return type(self)(self.features, tuple(one.name for one in first.features))

    def _worked_out(self, what: VariesBy, pool: Pool) -> Floats:
        """The features of one kind, shape (features, rows)."""
        values = np.empty((len(self.features), len(pool)), np.float32)
        self._fill(values, what, pool)
        return values[self._columns[what]]

    def _fill(self, values: Floats, what: VariesBy, pool: Pool) -> None:
        """Work out the features of one kind, each into its row of a matrix of all, shape (features, rows).

        What is the same for everybody who is new is only written down.
        """
        new = pool.visitors.all_new
        if new:
            rows, known = self._known_of_new[what]
            values[rows] = known
        for step in (self._steps_of_new if new else self._steps)[what]:
            found = step.function(pool)
            for row, column in step.places:
                values[row] = found if column is None else found[column]

    @cached_property
    def _columns(self) -> dict[VariesBy, Longs]:
        """The columns of each kind that are to be worked out."""
        wanted = [(at, one.varies_by) for at, one in enumerate(self.features) if one.name not in self.given]
        return {kind: np.array([at for at, by in wanted if by == kind], np.int64) for kind in get_args(VariesBy)}

    @cached_property
    def _steps(self) -> dict[VariesBy, list[Step]]:
        return {kind: _steps(self.features, columns) for kind, columns in self._columns.items()}

    @cached_property
    def _steps_of_new(self) -> dict[VariesBy, list[Step]]:
        """The same without what is known of everybody who is new."""
        unknown = [one.new_visitor_value is None for one in self.features]
        return {
            kind: _steps(self.features, columns[np.array(unknown, bool)[columns]])
            for kind, columns in self._columns.items()
        }

    @cached_property
    def _known_of_new(self) -> dict[VariesBy, tuple[Longs, Floats]]:
        """The columns of what is known of everybody who is new, and its values, shapes (known,), (known, 1)."""
        found = {}
        for kind, columns in self._columns.items():
            values = [(at, self.features[at].new_visitor_value) for at in columns.tolist()]
            known = [(at, value) for at, value in values if value is not None]
            rows = np.array([at for at, _ in known], np.int64)
            found[kind] = rows, np.array([value for _, value in known], np.float32)[:, None]
        return found

    @cached_property
    def _given(self) -> Longs:
        names = [one.name for one in self.features]
        return np.array([names.index(name) for name in self.given], np.int64)


@dataclass(frozen=True, eq=False)
class Step:
    """A function, and where what it returns belongs.

    Attributes:
        function: of one feature, or of several that are computed at once.
        places: the row of each in a matrix of all features, and which of the function's it is; None where it has one.
    """

    function: Function
    places: list[tuple[int, int | None]]


def _steps(features: Sequence[Feature], columns: Longs) -> list[Step]:
    """How some of the features are worked out: those of one function in one step."""
    shared: dict[Function, list[tuple[int, int | None]]] = {}
    for at in columns.tolist():
        shared.setdefault(features[at].function, []).append((at, features[at].column))
    return [Step(function, places) for function, places in shared.items()]


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
