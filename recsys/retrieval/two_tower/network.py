"""The two towers as functions of their weights, in operations that NumPy and PyTorch write the same way.

Training runs them on PyTorch tensors, serving on NumPy arrays: one definition, so the two can't drift apart. ``xp`` is
the module of the arrays.

The article tower gives a vector from id and section, and a bias from the age; the user tower gives a vector from the
vectors of the recent clicks and from the context. In training their score is ``user · article / temperature + bias +
log share``, with the article's share of the clicks then: what they learn is how much more than popular an article is.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import numpy as np
from pydantic import PositiveFloat, PositiveInt

from recsys.core.arrays import product
from recsys.core.batches import Visitors
from recsys.core.entities import CONTEXT_FIELDS
from recsys.core.settings import PacedHours, Settings, Share
from recsys.core.types import HOUR, PAD, Codes, Doubles, Floats, Ints, Longs
from recsys.data.articles import Articles

GAP_FEATURES = 4
AGE_FEATURES = 4
AGE_HIDDEN = 16


class NetworkSettings(Settings):
    """The shape of the towers, and the counts that enter their score."""

    dimensions: PositiveInt = 32
    hidden: PositiveInt = 64
    codes: PositiveInt = 64
    """Rows of each context table; larger codes share rows."""
    context_dimensions: PositiveInt = 4
    history: PositiveInt = 8
    """How many of the last clicks the user tower reads."""
    recency_damping: Share = 0.7
    """How much less each earlier click weighs in the summary of the history."""
    popularity_half_life: PacedHours = 0.25
    """Hours."""
    pseudo_clicks: PositiveFloat = 0.3
    """Of every article, so that one not clicked lately has a share too."""


Weights = Mapping[str, Any]


def shapes(settings: NetworkSettings, articles: int, sections: int) -> dict[str, tuple[int, ...]]:
    """The shape of every weight. Row 0 of ``section`` is for unknown ones."""
    size, hidden = settings.dimensions, settings.hidden
    user_inputs = 2 * size + len(CONTEXT_FIELDS) * settings.context_dimensions + GAP_FEATURES
    return {
        "id": (articles, size),
        "section": (sections + 1, size),
        "context": (len(CONTEXT_FIELDS) * settings.codes, settings.context_dimensions),
        "user_1": (user_inputs, hidden),
        "user_1_bias": (hidden,),
        "user_2": (hidden, size),
        "user_2_bias": (size,),
        "age_1": (AGE_FEATURES, AGE_HIDDEN),
        "age_1_bias": (AGE_HIDDEN,),
        "age_2": (AGE_HIDDEN, 1),
        "temperature": (1,),
    }


def article_vectors(weights: Weights, ids: Any, sections: Any) -> Any:
    """Unit vectors from rows of the id table (zero for an unknown id) and section codes. Shape (..., dimensions)."""
    return unit(ids + weights["section"][sections])


def article_biases(weights: Weights, ages: Any) -> Any:
    """What the age adds to a score, from ``age_features``. Shape (n, features) to (n,)."""
    return (relu(ages @ weights["age_1"] + weights["age_1_bias"]) @ weights["age_2"])[..., 0]


def user_vectors(xp: Any, settings: NetworkSettings, weights: Weights, read: Any, contexts: Any, gaps: Any) -> Any:
    """Unit vectors of visitors; arguments as in ``user_outputs``."""
    return unit(user_outputs(xp, settings, weights, read, contexts, gaps))


def user_outputs(xp: Any, settings: NetworkSettings, weights: Weights, read: Any, contexts: Any, gaps: Any) -> Any:
    """The user tower's output, whose length says how sure it is.

    Args:
        xp: ``numpy`` or ``torch``.
        settings: the shape of the towers.
        weights: as in ``shapes``.
        read: vectors of the last clicks, newest first, zero where there was none; (batch, history, dimensions).
        contexts: rows of the context table, from ``context_rows``; (batch, fields).
        gaps: from ``gap_features``; (batch, features).
    """
    recency = xp.asarray(_recency(settings))
    summary = xp.einsum("nhd,h->nd", read, recency)
    context = weights["context"][contexts].reshape(len(read), contexts.shape[1] * weights["context"].shape[1])
    inputs = xp.concatenate([summary, read[:, 0], context, gaps], axis=1)
    multiply = product if xp is np else xp.matmul
    hidden = relu(multiply(inputs, weights["user_1"]) + weights["user_1_bias"])
    return multiply(hidden, weights["user_2"]) + weights["user_2_bias"]


def unit(vectors: Any) -> Any:
    """Vectors of length 1; zero stays zero."""
    return vectors / ((vectors * vectors).sum(-1) + 1e-12)[..., None] ** 0.5


def relu(values: Any) -> Any:
    """Negative values become 0."""
    return values * (values > 0)


def context_rows(settings: NetworkSettings, contexts: Codes) -> Longs:
    """The row of the context table for each code, shape (batch, fields)."""
    return contexts.astype(np.int64) % settings.codes + np.arange(len(CONTEXT_FIELDS)) * settings.codes


def section_rows(articles: Articles, rows: int) -> Ints:
    """Each article's row of the section table: its code + 1, 0 where unknown or beyond the table."""
    known = (articles.sections >= 0) & (articles.sections + 1 < rows)
    return np.where(known, articles.sections + 1, 0).astype(np.int32)


def gap_features(visitors: Visitors) -> Floats:
    """How long ago the last click was and how many there are, shape (batch, 4)."""
    known = visitors.items[:, 0] != PAD
    hours = np.where(known, (visitors.as_of - visitors.times[:, 0]) / HOUR, 0.0)
    columns = [known, np.log1p(hours) / 5, known & (hours < 0.5), np.log1p(visitors.clicks) / 5]
    return np.array(columns, np.float32).T


def age_features(hours: Doubles) -> Floats:
    """An article's age in hours on several scales, shape (n, 4)."""
    return np.column_stack([np.log1p(hours) / 5, 1 / (1 + hours), np.exp(-hours / 12), np.exp(-hours / 72)]).astype(
        np.float32
    )


def log_shares(settings: NetworkSettings, clicks: Doubles) -> Floats:
    """The logarithm of each article's smoothed share of decayed clicks, shape (n,)."""
    counted = clicks + settings.pseudo_clicks
    return np.log(counted / max(clicks.sum(), 1.0)).astype(np.float32)


@lru_cache(maxsize=16)
def _recency(settings: NetworkSettings) -> Floats:
    """The weight of each of the last clicks, the newest first."""
    return (settings.recency_damping ** np.arange(settings.history)).astype(np.float32)
