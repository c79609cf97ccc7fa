"""The registry of features.

A feature is one function from a pool to one value a row, registered with its name, label, unit and group.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar, cast

import numpy as np
from numpy.typing import NDArray

from recsys.domain import Floats
from recsys.ranking.pool import Pool
from recsys.retrieval.base import Retriever

Values = NDArray[Any]
_R = TypeVar("_R", bound=Retriever)


@dataclass(frozen=True)
class Feature:
    """One column of the feature matrix; ``of_new`` is its value for who has read nothing, None where that varies."""

    name: str
    label: str
    unit: str
    group: str
    meaning: str
    uses: tuple[str, ...]
    of_new: float | None
    function: Callable[[Pool], Values]


FEATURES: dict[str, Feature] = {}


def feature(
    name: str, label: str, unit: str, group: str, *uses: str, of_new: float | None = None
) -> Callable[[Callable[[Pool], Values]], Callable[[Pool], Values]]:
    """Register a function as a feature; its docstring is the meaning that pages show.

    ``uses`` names the retrievers that it reads: without them the feature can't be had. Where it is the same for every
    article that is proposed to a visitor who has read nothing, ``of_new`` says so, and it need not be computed then.
    """

    def register(function: Callable[[Pool], Values]) -> Callable[[Pool], Values]:
        meaning = " ".join((function.__doc__ or "").split())
        FEATURES[name] = Feature(name, label, unit, group, meaning, uses, of_new, function)
        return function

    return register


def matrix(pool: Pool, names: tuple[str, ...], known: Mapping[str, Floats] = {}) -> Floats:
    """The named features of every row, shape (rows, features), column after column; missing values are NaN.

    Those in ``known``, shape (rows,) each, need not be computed.
    """
    values = np.empty((len(pool), len(names)), np.float32, order="F")
    all_new = not pool.visitors.have_read.any()
    for column, one in enumerate(FEATURES[name] for name in names):
        if one.name in known:
            values[:, column] = known[one.name]
        elif all_new and one.of_new is not None:
            values[:, column] = one.of_new
        else:
            values[:, column] = one.function(pool)
    np.copyto(values, np.nan, where=np.isinf(values))
    return values


def retriever(pool: Pool, cls: type[_R]) -> _R:
    """The pool's retriever of a class."""
    return cast(_R, pool.retrievers[cls.name])


def duration(hours: float) -> str:
    """Half an hour as ``30 min``, two as ``2 h``."""
    return f"{60 * hours:g} min" if hours < 1 else f"{hours:g} h"
