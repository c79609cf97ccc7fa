"""The registry of features.

A feature is a function from a pool to one value a row. Those that depend on a retriever's settings, such as one for
each of its half-lives, come from a *family*: a function from the settings of the retrievers to features. Several may
share a function that looks up the values of all of them at once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from recsys.core.reasons import Reason
from recsys.ranking.pool import Pool
from recsys.retrieval.base import RetrieverSettings

Values = NDArray[Any]
Function = Callable[[Pool], Values | list[Values]]
AllSettings = Mapping[str, RetrieverSettings]
"""The settings of an ensemble's retrievers, by name."""
VariesBy = Literal["pair", "article", "visitor"]
"""What a feature depends on besides the moment. One of the article is the same for all visitors and worked out once a
moment, one of the visitor once for all articles."""


@dataclass(frozen=True)
class FeatureGroup:
    """Features that a module has in common: their name in ablations, and the reason that they speak for."""

    name: str
    reason: Reason


@dataclass(frozen=True)
class Feature:
    """One column of the feature matrix.

    Attributes:
        name: by which settings and artifacts refer to it.
        label: on pages.
        unit: of its values.
        group: under which ablations put it.
        reason: in which pages sum it up.
        meaning: in a sentence.
        uses: the retrievers that it reads: without them the feature can't be computed.
        new_visitor_value: its value for every visitor who has read nothing; None where that varies.
        in_ensemble: whether the ensemble's reranker has it, or only a baseline's.
        varies_by: what it depends on.
        function: computes it, shape (rows,); or several features at once, an array of that shape for each.
        column: which of those it is; None where the function computes this one alone.
    """

    name: str
    label: str
    unit: str
    group: str
    reason: Reason
    meaning: str
    uses: tuple[str, ...]
    new_visitor_value: float | None
    in_ensemble: bool
    varies_by: VariesBy
    function: Function
    column: int | None = None

    def values(self, pool: Pool) -> Values:
        """The feature of every row, shape (rows,)."""
        found = self.function(pool)
        return np.asarray(found if self.column is None else found[self.column])


Family = Callable[[AllSettings], Iterable[Feature]]
_FAMILIES: list[Family] = []


def make_feature(
    function: Function,
    name: str,
    label: str,
    unit: str,
    group: FeatureGroup,
    *uses: str,
    meaning: str = "",
    reason: Reason | None = None,
    new_visitor_value: float | None = None,
    in_ensemble: bool = True,
    varies_by: VariesBy = "pair",
    column: int | None = None,
) -> Feature:
    """A feature; its meaning is the function's docstring, and its reason its group's, where none is given."""
    meaning = meaning or " ".join((function.__doc__ or "").split())
    reason = reason or group.reason
    return Feature(
        name, label, unit, group.name, reason, meaning, uses, new_visitor_value, in_ensemble, varies_by, function,
        column,
    )  # fmt: skip


def feature(
    name: str,
    label: str,
    unit: str,
    group: FeatureGroup,
    *uses: str,
    reason: Reason | None = None,
    new_visitor_value: float | None = None,
    in_ensemble: bool = True,
    varies_by: VariesBy = "pair",
) -> Callable[[Function], Function]:
    """Register a function as a feature; its docstring is the meaning that pages show."""

    def register(function: Function) -> Function:
        made = make_feature(
            function, name, label, unit, group, *uses,
            reason=reason, new_visitor_value=new_visitor_value, in_ensemble=in_ensemble, varies_by=varies_by,
        )  # fmt: skip
        _FAMILIES.append(lambda _: [made])
        return function

    return register


def family(function: Family) -> Family:
    """Register a family of features."""
    _FAMILIES.append(function)
    return function


def features_of(settings: AllSettings) -> dict[str, Feature]:
    """Every feature that these retrievers can provide, by name, in the order of registration."""
    made = (one for build in _FAMILIES for one in build(settings))
    return {one.name: one for one in made if all(name in settings for name in one.uses)}


def duration(hours: float) -> str:
    """Half an hour as ``30 min``, two as ``2 h``."""
    return f"{60 * hours:g} min" if hours < 1 else f"{hours:g} h"
