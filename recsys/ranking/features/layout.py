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
        articles, visitors = self._plans["article"].rows, self._plans["visitor"].rows
        if len(articles):
            values[articles] = _of_articles(self, pool.moment).take(pool.positions, axis=1)
        if len(visitors):
            values[visitors] = self._worked_out("visitor", pool.by_visitor()).take(pool.rows, axis=1)
        self._plans["pair"].fill(values, pool)
        np.copyto(values, np.nan, where=np.isinf(values))
        return values.T

    def after(self, first: Layout) -> Self:
        """The same features, those of another layout handed in."""
        return type(self)(self.features, tuple(one.name for one in first.features))

    def _worked_out(self, what: VariesBy, pool: Pool) -> Floats:
        """The features of one kind, shape (features, rows)."""
        values = np.empty((len(self.features), len(pool)), np.float32)
        self._plans[what].fill(values, pool)
        return values[self._plans[what].rows]

    @cached_property
    def _plans(self) -> dict[VariesBy, Plan]:
        """Of each kind, what is to be worked out."""
        wanted = [(row, one) for row, one in enumerate(self.features) if one.name not in self.given]
        kinds: tuple[VariesBy, ...] = get_args(VariesBy)
        return {kind: Plan.of([(row, one) for row, one in wanted if one.varies_by == kind]) for kind in kinds}

    @cached_property
    def _given(self) -> Longs:
        names = [one.name for one in self.features]
        return np.array([names.index(name) for name in self.given], np.int64)


@dataclass(frozen=True, eq=False)
class Step:
    """A function, and where what it returns belongs.

    Attributes:
        function: of one feature, or of several that are computed at once.
        places: the row of each in the matrix, and which of the function's it is; None where it has one alone.
    """

    function: Function
    places: list[tuple[int, int | None]]


@dataclass(frozen=True, eq=False)
class Plan:
    """How some features are worked out, each into its row of a matrix of features × rows of a pool.

    Attributes:
        rows: theirs, shape (features,).
        steps: for everybody.
        steps_of_new: where nobody in the batch has read anything: what is then known is only written down.
        known_of_new: the rows of that and its values, shapes (known,), (known, 1).
    """

    rows: Longs
    steps: list[Step]
    steps_of_new: list[Step]
    known_of_new: tuple[Longs, Floats]

    @classmethod
    def of(cls, features: Sequence[tuple[int, Feature]]) -> Self:
        """For some features, each with its row."""
        known = {row: one.new_visitor_value for row, one in features if one.new_visitor_value is not None}
        values = np.array([*known.values()], np.float32)[:, None]
        unknown = [(row, one) for row, one in features if row not in known]
        rows = np.array([row for row, _ in features], np.int64)
        return cls(rows, _steps(features), _steps(unknown), (np.array([*known], np.int64), values))

    def fill(self, values: Floats, pool: Pool) -> None:
        """Work the features out."""
        steps = self.steps
        if pool.visitors.all_new:
            rows, known = self.known_of_new
            values[rows], steps = known, self.steps_of_new
        for step in steps:
            found = step.function(pool)
            for row, column in step.places:
                values[row] = found if column is None else found[column]


def _steps(features: Sequence[tuple[int, Feature]]) -> list[Step]:
    """A step for each function that the features have."""
    shared: dict[Function, list[tuple[int, int | None]]] = {}
    for row, one in features:
        shared.setdefault(one.function, []).append((row, one.column))
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
