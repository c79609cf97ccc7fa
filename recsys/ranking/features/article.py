"""What is known of the article itself."""

from __future__ import annotations

import numpy as np

from recsys.core.reasons import Reason
from recsys.core.types import HOUR
from recsys.ranking.features.registry import FeatureGroup, Values, feature
from recsys.ranking.pool import Pool

GROUP = FeatureGroup("Article", Reason.FRESH)


@feature("age", "Age of the article", "hours", GROUP)
def _age(pool: Pool) -> Values:
    """Hours since readers could first open the article."""
    return pool.live.live_age_hours(pool.positions, pool.visitors.as_of[pool.rows])


@feature("words", "Length of the article", "words", GROUP, reason=Reason.TASTE, varies_by="article")
def _words(pool: Pool) -> Values:
    """How many words the article has; unknown where the metadata does not say."""
    words = pool.live.articles.words[pool.items]
    return np.where(words > 0, words, np.nan)


@feature("newer", "Newer articles", "articles", GROUP, varies_by="article")
def _newer(pool: Pool) -> Values:
    """How many of the live articles were published later than this one."""
    return pool.live.newer[pool.positions]


@feature("seen_for", "Time since its first click", "hours", GROUP, varies_by="article")
def _seen_for(pool: Pool) -> Values:
    """Hours since somebody first opened the article, which may be before it was published."""
    return (pool.live.moment - pool.live.first[pool.items]) / HOUR


@feature("clicks_ever", "Clicks so far", "log clicks", GROUP, reason=Reason.POPULAR_NOW, varies_by="article")
def _clicks_ever(pool: Pool) -> Values:
    """All clicks on the article up to now."""
    return np.log1p(pool.live.clicks[pool.items])


@feature("section", "Section", "code", GROUP, reason=Reason.TASTE, varies_by="article")
def _section(pool: Pool) -> Values:
    """The article's section, as the dataset numbers it."""
    return pool.live.articles.sections[pool.items]
