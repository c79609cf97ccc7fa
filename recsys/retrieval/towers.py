"""The two towers as functions of their weights, in operations that NumPy and PyTorch spell the same.

Training runs them on PyTorch tensors, serving on NumPy arrays: one definition, so the two can't drift apart. ``xp`` is
the module of the arrays.

The article tower gives a vector from id and section, and a bias from the age; the user tower gives a vector from the
vectors of the recent clicks and from the context. In training their score is ``user · article / temperature + bias +
log share``, with the article's share of the clicks then: what they learn is how much more than popular an article is.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recsys.domain import CONTEXT_FIELDS, HOUR, NOTHING, Doubles, Floats, Visitors

DIMENSIONS = 32
HIDDEN = 64
CODES = 64
"""Rows of each context table; larger codes share rows."""
CONTEXT_DIMENSIONS = 4
HISTORY = 8
"""How many of the last clicks the user tower reads."""
RECENCY = (0.7 ** np.arange(HISTORY)).astype(np.float32)
GAP_FEATURES = 4
AGE_FEATURES = 4
POPULARITY_HALF_LIFE = 0.25
"""Hours."""
PSEUDO_CLICKS = 0.3
"""Of every article, so that one not clicked lately has a share too."""

Weights = Mapping[str, Any]


def shapes(articles: int, sections: int) -> dict[str, tuple[int, ...]]:
    """The shape of every weight. Row 0 of ``section`` is for unknown ones."""
    user_inputs = 2 * DIMENSIONS + len(CONTEXT_FIELDS) * CONTEXT_DIMENSIONS + GAP_FEATURES
    return {
        "id": (articles, DIMENSIONS),
        "section": (sections + 1, DIMENSIONS),
        "context": (len(CONTEXT_FIELDS) * CODES, CONTEXT_DIMENSIONS),
        "user_1": (user_inputs, HIDDEN),
        "user_1_bias": (HIDDEN,),
        "user_2": (HIDDEN, DIMENSIONS),
        "user_2_bias": (DIMENSIONS,),
        "age_1": (AGE_FEATURES, 16),
        "age_1_bias": (16,),
        "age_2": (16, 1),
        "temperature": (1,),
    }


def article_vectors(weights: Weights, ids: Any, sections: Any) -> Any:
    """Unit vectors from rows of the id table (zero for an unknown id) and section codes. Shape (..., dimensions)."""
    return unit(ids + weights["section"][sections])


def article_biases(weights: Weights, ages: Any) -> Any:
    """What the age adds to a score, from ``age_features``. Shape (n, features) to (n,)."""
    return (relu(ages @ weights["age_1"] + weights["age_1_bias"]) @ weights["age_2"])[..., 0]


def user_vectors(xp: Any, weights: Weights, read: Any, contexts: Any, gaps: Any) -> Any:
    """Unit vectors of visitors; arguments as in ``user_outputs``."""
    return unit(user_outputs(xp, weights, read, contexts, gaps))


def user_outputs(xp: Any, weights: Weights, read: Any, contexts: Any, gaps: Any) -> Any:
    """The user tower's output, whose length says how sure it is.

    Args:
        xp: ``numpy`` or ``torch``.
        weights: as in ``shapes``.
        read: vectors of the last clicks, newest first, zero where there was none; (batch, history, dimensions).
        contexts: rows of the context table, from ``context_rows``; (batch, fields).
        gaps: from ``gap_features``; (batch, features).
    """
    recency = xp.asarray(RECENCY)
    summary = (read * recency[:, None]).sum(1)
    context = weights["context"][contexts].reshape(len(read), contexts.shape[1] * weights["context"].shape[1])
    inputs = xp.concatenate([summary, read[:, 0], context, gaps], axis=1)
    # The same bits for a visitor alone as in a batch: see ``base.product``.
    hidden = relu(xp.einsum("nk,km->nm", inputs, weights["user_1"]) + weights["user_1_bias"])
    return xp.einsum("nk,km->nm", hidden, weights["user_2"]) + weights["user_2_bias"]


def unit(vectors: Any) -> Any:
    """Vectors of length 1; zero stays zero."""
    return vectors / ((vectors * vectors).sum(-1) + 1e-12)[..., None] ** 0.5


def relu(values: Any) -> Any:
    """Negative values become 0."""
    return values * (values > 0)


def context_rows(contexts: NDArray[np.int16]) -> NDArray[np.int64]:
    """The row of the context table for each code, shape (batch, fields)."""
    return contexts.astype(np.int64) % CODES + np.arange(len(CONTEXT_FIELDS)) * CODES


def gap_features(visitors: Visitors) -> Floats:
    """How long ago the last click was and how many there are, shape (batch, 4)."""
    known = visitors.items[:, 0] != NOTHING
    hours = np.where(known, (visitors.as_of - visitors.times[:, 0]) / HOUR, 0.0)
    columns = [known, np.log1p(hours) / 5, known & (hours < 0.5), np.log1p(visitors.clicks) / 5]
    return np.column_stack(columns).astype(np.float32)


def age_features(hours: Doubles) -> Floats:
    """An article's age in hours on several scales, shape (n, 4)."""
    return np.column_stack([np.log1p(hours) / 5, 1 / (1 + hours), np.exp(-hours / 12), np.exp(-hours / 72)]).astype(
        np.float32
    )


def log_shares(clicks: Doubles) -> Floats:
    """The logarithm of each article's smoothed share of decayed clicks, shape (n,)."""
    counted = clicks + PSEUDO_CLICKS
    return np.log(counted / max(clicks.sum(), 1.0)).astype(np.float32)
