"""How fast what is read moves on: the one scale that all time constants are multiples of."""

from __future__ import annotations

import numpy as np

from recsys.core.arrays import pair_keys
from recsys.core.types import HOUR, Doubles
from recsys.data.clicks import Clicks
from recsys.evaluation.metrics import gains

FACTORS = tuple(2.0**power for power in range(13))
"""Half-lives that are tried, as multiples of the one of the settings."""
QUESTIONS = 2_000
RECENT = 0.5
"""Of the clicks, the share whose end the questions are drawn from."""


def foretold(clicks: Clicks, articles: int, half_lives: Doubles) -> Doubles:
    """How well the most read articles foretell the next click, by the half-life of their counts, hours: NDCG@20.

    Of evenly drawn clicks from the later part of the log, by what others had read before each: a reader's clicks on an
    article count once. Shape (half-lives,).
    """
    _, firsts = np.unique(pair_keys(clicks.users, clicks.items), return_index=True)
    clicks = clicks.rows(np.sort(firsts))
    first = int(len(clicks) * (1 - RECENT))
    asked = np.unique(np.linspace(first, len(clicks) - 1, QUESTIONS).astype(np.int64))
    counts = np.zeros((len(half_lives), articles))
    hours = (clicks.times - clicks.times[0]) / HOUR
    found = np.zeros(len(half_lives))
    known, at = 0, 0.0
    for row in asked.tolist():
        now = float(hours[row])
        counts *= np.exp2(-(now - at) / half_lives)[:, None]
        between = slice(known, row)
        items = clicks.items[between]
        for number, half_life in enumerate(half_lives.tolist()):
            weights = np.exp2((hours[between] - now) / half_life)
            counts[number] += np.bincount(items, weights, minlength=articles)
        own = counts[:, clicks.items[row]]
        ranks = (counts > own[:, None]).sum(axis=1) + 1
        found += gains(np.where(own > 0, ranks, 0), "ndcg@20")
        known, at = row, now
    return found / len(asked)
