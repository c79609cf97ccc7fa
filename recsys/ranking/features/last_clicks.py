"""How well an article fits what the visitor read last."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from recsys.core.caching import memoized
from recsys.core.reasons import Reason
from recsys.core.types import HOUR, PAD, Doubles, Floats, Ints
from recsys.ranking.features.registry import (
    AllSettings,
    Feature,
    FeatureGroup,
    Values,
    duration,
    family,
    feature,
    make_feature,
)
from recsys.ranking.pool import Pool
from recsys.retrieval.als import ALS
from recsys.retrieval.item_cf.retriever import ItemCF
from recsys.retrieval.item_cf.settings import ItemCFSettings
from recsys.retrieval.two_tower.retriever import TwoTower

GROUP = FeatureGroup("Last clicks", Reason.JUST_READ)
CLOSE = 8
"""How many of the last clicks an article is compared with one by one."""


@feature(
    "knn", "Read in similar visits", "share", GROUP, "item_cf", reason=Reason.SIMILAR_READERS, new_visitor_value=0.0
)
def _knn(pool: Pool) -> Values:
    """The article's share of what was read in recent visits that resemble the reader's last clicks (session kNN)."""
    return pool.moment.get(ItemCF).neighbours_read(pool.visitors).ravel().take(pool.cells)


def _transitions(pool: Pool) -> Doubles:
    """Of every half-life, shape (half-lives, rows)."""
    return pool.moment.get(ItemCF).transitions(pool.visitors, pool.rows, pool.positions)


@family
def _from_last_click(settings: AllSettings) -> Iterator[Feature]:
    item_cf = settings.get("item_cf")
    for channel, hours in enumerate(item_cf.half_lives if isinstance(item_cf, ItemCFSettings) else ()):
        yield _transition(channel, hours)


def _transition(channel: int, hours: float) -> Feature:
    half_life = duration(hours)
    meaning = f"The share of the last article's readers who read this one next; those {half_life} ago count half."
    name, label = f"from_last_{hours:g}h", f"Read next after their last article, {half_life}"
    return make_feature(
        _transitions, name, label, "share", GROUP, "item_cf", meaning=meaning, new_visitor_value=0.0, column=channel
    )


@feature("from_section", "Read next after their last section", "log ratio", GROUP, "item_cf", new_visitor_value=np.nan)
def _from_section(pool: Pool) -> Values:
    """How many times as often readers come to the article from the last article's section as from any;
    unknown for a new reader.
    """
    last = pool.visitors.items[:, 0]
    theirs = pool.live.articles.sections[last]
    lift = pool.moment.get(ItemCF).section_log_lift(theirs, pool.rows, pool.positions)
    lift[(last == PAD)[pool.rows]] = np.nan
    return lift


@feature("als_last", "Readers shared with their last article", "cosine", GROUP, "als", new_visitor_value=np.nan)
def _als_last(pool: Pool) -> Values:
    """The cosine of the ALS vectors of this article and of the reader's last one."""
    return _als_cosines(pool)[0]


@feature("als_closest", "Readers shared with one of the last", "cosine", GROUP, "als", new_visitor_value=np.nan)
def _als_closest(pool: Pool) -> Values:
    """The largest cosine of the ALS vectors of this article and of one of the reader's last ones."""
    return np.fmax.reduce(_als_cosines(pool))


@memoized
def _als_cosines(pool: Pool) -> Floats:
    """The cosine with each of the visitor's last articles, missing where there is none; shape (clicks, rows)."""
    als, read = pool.moment.get(ALS), pool.visitors.items[:, :CLOSE]
    cosines = pool.products(als.live_article_vectors, als.article_vectors[read])
    cosines[(read == PAD).T.take(pool.rows, axis=1)] = np.nan
    return cosines


@feature(
    "tower_history",
    "Likeness to their last articles",
    "cosines",
    GROUP,
    "two_tower",
    reason=Reason.TASTE,
    new_visitor_value=0.0,
)
def _tower_history(pool: Pool) -> Values:
    """The sum of the cosines of the two-tower vectors of this article and of the reader's last ones."""
    two_tower = pool.moment.get(TwoTower)
    history = two_tower.article_vectors[pool.visitors.items[:, :CLOSE]].sum(axis=1)  # nothing read is a zero vector
    return pool.products(two_tower.live_article_vectors, history[:, None])[0]


@feature(
    "section_share", "Share of their reading in its section", "share", GROUP, reason=Reason.TASTE, new_visitor_value=0.0
)
def _section_share(pool: Pool) -> Values:
    """How much of what the reader read last is from this article's section."""
    articles = pool.live.articles
    sections, codes = articles.sections, articles.section_codes + 1  # -1, unknown, is the first
    visitor, place = (pool.visitors.items != PAD).nonzero()
    theirs = visitor * codes + sections.take(pool.visitors.items[visitor, place]) + 1
    counts = np.bincount(theirs, minlength=len(pool.visitors) * codes)
    lengths = np.maximum(np.bincount(visitor, minlength=len(pool.visitors)), 1)
    return counts.take(pool.rows * codes + sections.take(pool.items) + 1) / lengths.take(pool.rows)


@feature("section_last", "Same section as their last article", "yes/no", GROUP, new_visitor_value=0.0)
def _section_last(pool: Pool) -> Values:
    """Whether the reader's last article is from this article's section."""
    mine, theirs = _sections(pool)
    return (theirs == mine) & (pool.visitors.items[pool.rows, 0] != PAD)


@feature(
    "newer_than_last", "Newer than their last article", "hours", GROUP, reason=Reason.FRESH, new_visitor_value=np.nan
)
def _newer_than_last(pool: Pool) -> Values:
    """How much later the article was published than the reader's last one; unknown for a new reader."""
    last = pool.visitors.items[:, 0]
    hours = (pool.live.opened[pool.positions] - pool.live.published(last)[pool.rows]) / HOUR
    return np.where((last == PAD)[pool.rows], np.nan, hours)


@memoized
def _sections(pool: Pool) -> tuple[Ints, Ints]:
    """The section of each row's article, and of its visitor's last one; that of ``PAD`` means nothing.

    Shapes (rows,), (rows,).
    """
    sections = pool.live.articles.sections
    return sections[pool.items], sections[pool.visitors.items[:, 0]][pool.rows]
