"""What is known of the article itself."""

from __future__ import annotations

import numpy as np

from recsys.ranking.features.registry import Values, feature
from recsys.ranking.pool import Pool

GROUP = "Article"


@feature("age", "Age", "hours", GROUP)
def _age(pool: Pool) -> Values:
    """Hours since readers could first open the article."""
    return pool.live.age_hours(pool.items, pool.visitors.as_of[pool.rows])


@feature("words", "Length", "words", GROUP)
def _words(pool: Pool) -> Values:
    """How long the article is; missing where the metadata does not say."""
    words = pool.live.articles.words[pool.items]
    return np.where(words > 0, words, np.nan)
