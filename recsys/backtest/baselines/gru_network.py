"""A recurrent network over the clicks of a session, in operations that NumPy and PyTorch write the same way.

Training runs it on PyTorch tensors, serving on NumPy arrays: one definition, so the two can't drift apart. ``xp`` is
the module of the arrays.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from recsys.core.arrays import product
from recsys.core.entities import CONTEXT_FIELDS
from recsys.core.types import Codes, Longs

CODES = 64
"""Rows of the context table for each field; larger codes share rows."""
BY_ARTICLE = ("article", "bias")
"""The weights that have a row for each article in play."""

Weights = Mapping[str, Any]


def shapes(dimensions: int, articles: int, sections: int) -> dict[str, tuple[int, ...]]:
    """The shape of every weight. Row 0 of ``section`` is for unknown ones; gates are reset, update and new state."""
    return {
        "article": (articles, dimensions),
        "bias": (articles,),
        "section": (sections + 1, dimensions),
        "context": (len(CONTEXT_FIELDS) * CODES, dimensions),
        "gates_read": (dimensions, 3 * dimensions),
        "gates_read_bias": (3 * dimensions,),
        "gates_state": (dimensions, 3 * dimensions),
        "gates_state_bias": (3 * dimensions,),
        "out": (dimensions, dimensions),
        "out_bias": (dimensions,),
        "popularity": (1,),
    }


def context_rows(contexts: Codes) -> Longs:
    """The row of the context table for each code, shape (batch, fields)."""
    return contexts.astype(np.int64) % CODES + np.arange(len(CONTEXT_FIELDS)) * CODES


def states(xp: Any, weights: Weights, read: Any, known: Any, contexts: Any) -> list[Any]:
    """The state after each click (Cho et al., EMNLP 2014), each of shape (batch, dimensions).

    Args:
        xp: ``numpy`` or ``torch``.
        weights: as in ``shapes``.
        read: vectors of the clicks, oldest first, (batch, length, dimensions).
        known: which of them there are, (batch, length); without a click the state stays.
        contexts: rows of the context table, whose sum is the state before the first click; (batch, fields).
    """
    multiply = product if xp is np else xp.matmul
    state, found = weights["context"][contexts].sum(1), []
    size = weights["out"].shape[0]
    for place in range(read.shape[1]):
        by_read = multiply(read[:, place], weights["gates_read"]) + weights["gates_read_bias"]
        by_state = multiply(state, weights["gates_state"]) + weights["gates_state_bias"]
        reset, update = (
            1 / (1 + xp.exp(-by_read[:, part] - by_state[:, part])) for part in (slice(size), slice(size, 2 * size))
        )
        new = xp.tanh(by_read[:, 2 * size :] + reset * by_state[:, 2 * size :])
        state = xp.where(known[:, place, None], (1 - update) * new + update * state, state)
        found.append(state)
    return found


def scores(xp: Any, weights: Weights, state: Any, articles: Any, biases: Any, log_shares: Any) -> Any:
    """How well each article follows a state, (batch, dimensions) and (articles, dimensions) to (batch, articles)."""
    multiply = product if xp is np else xp.matmul
    wanted = multiply(state, weights["out"]) + weights["out_bias"]
    return multiply(wanted, articles.T) + biases + weights["popularity"] * log_shares
