"""How an article goes with what the visitor read last."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from recsys.core.caching import memoized
from recsys.core.types import HOUR, PAD, Doubles, Floats, Ints
from recsys.ranking.features.registry import AllSettings, Feature, Values, duration, family, feature, make_feature
from recsys.ranking.pool import Pool
from recsys.retrieval.als import ALS
from recsys.retrieval.item_cf.retriever import ItemCF, ItemCFSettings
from recsys.retrieval.two_tower.retriever import TwoTower

GROUP = "Last clicks"
CLOSE = 8
"""How many of the last clicks an article is compared with one by one."""


@feature("knn", "Session kNN", "share", GROUP, "item_cf", new_visitor_value=0.0)
def _knn(pool: Pool) -> Values:
    """The article's share of what was read in recent sessions that resemble the visitor's last clicks."""
    return pool.moment.get(ItemCF).neighbours_read(pool.visitors)[pool.rows, pool.positions]


@memoized
def _transitions(pool: Pool) -> Doubles:
    return pool.moment.get(ItemCF).transitions(pool.visitors.items[:, 0], pool.rows, pool.items)


@family
def _from_last_click(settings: AllSettings) -> Iterator[Feature]:
    item_cf = settings.get("item_cf")
    for channel, hours in enumerate(item_cf.half_lives if isinstance(item_cf, ItemCFSettings) else ()):
        yield _transition(channel, hours)


def _transition(channel: int, hours: float) -> Feature:
    def transition(pool: Pool) -> Values:
        return _transitions(pool)[channel]

    half_life = duration(hours)
    meaning = f"The share of readers of the visitor's last article who went on to this one, half-life {half_life}."
    name, label = f"from_last_{hours:g}h", f"From the last click, half-life {half_life}"
    return make_feature(transition, name, label, "share", GROUP, "item_cf", meaning=meaning, new_visitor_value=0.0)


@feature("from_section", "From the section of the last click", "log ratio", GROUP, "item_cf", new_visitor_value=np.nan)
def _from_section(pool: Pool) -> Values:
    """How many times as often readers come to the article from the last click's section as from any; logarithmic.

    Missing for a new visitor.
    """
    _, theirs = _sections(pool)
    lift = np.log(pool.moment.get(ItemCF).section_lift(theirs, pool.positions))
    return np.where(pool.visitors.items[pool.rows, 0] == PAD, np.nan, lift)


@feature("als_last", "ALS: like the last click", "cosine", GROUP, "als", new_visitor_value=np.nan)
def _als_last(pool: Pool) -> Values:
    """The cosine of the ALS vectors of this article and of the visitor's last one."""
    return _als_cosines(pool)[0]


@feature("als_closest", "ALS: like the closest of the last clicks", "cosine", GROUP, "als", new_visitor_value=np.nan)
def _als_closest(pool: Pool) -> Values:
    """The largest cosine of the ALS vectors of this article and of one of the visitor's last ones."""
    return np.fmax.reduce(_als_cosines(pool))


@memoized
def _als_cosines(pool: Pool) -> Floats:
    """The cosine with each of the visitor's last articles, missing where there is none; shape (clicks, rows)."""
    als, read = pool.moment.get(ALS), pool.visitors.items[:, :CLOSE]
    cosines = pool.products(als.live_article_vectors, als.article_vectors[read])
    return np.where((read == PAD).T[:, pool.rows], np.float32(np.nan), cosines)


@feature("tower_history", "Two-tower: like the last clicks", "cosines", GROUP, "two_tower", new_visitor_value=0.0)
def _tower_history(pool: Pool) -> Values:
    """The cosines of the two-tower vectors of this article and of the visitor's last ones, summed."""
    two_tower = pool.moment.get(TwoTower)
    history = two_tower.article_vectors[pool.visitors.items[:, :CLOSE]].sum(axis=1)  # nothing read is a zero vector
    return pool.products(two_tower.live_article_vectors, history[:, None])[0]


@feature("section_share", "Section: share of the history", "share", GROUP, new_visitor_value=0.0)
def _section_share(pool: Pool) -> Values:
    """How much of what the visitor last read is of this article's section."""
    sections, read = pool.live.articles.sections, pool.visitors.items != PAD
    codes = int(sections.max(initial=0)) + 2  # -1, unknown, is the first
    theirs = np.arange(len(read))[:, None] * codes + sections[pool.visitors.items] + 1
    counts = np.bincount(theirs[read], minlength=len(read) * codes)
    lengths = np.maximum(read.sum(axis=1), 1)
    return counts[pool.rows * codes + sections[pool.items] + 1] / lengths[pool.rows]


@feature("section_last", "Section: same as the last click", "yes/no", GROUP, new_visitor_value=0.0)
def _section_last(pool: Pool) -> Values:
    """Whether the visitor's last article is of this article's section."""
    mine, theirs = _sections(pool)
    return (theirs == mine) & (pool.visitors.items[pool.rows, 0] != PAD)


@feature("newer_than_last", "Newer than the last click", "hours", GROUP, new_visitor_value=np.nan)
def _newer_than_last(pool: Pool) -> Values:
    """How much later the article was published than the visitor's last one; missing for a new visitor."""
    last = pool.visitors.items[:, 0]
    hours = (pool.live.opened[pool.positions] - pool.live.published(last)[pool.rows]) / HOUR
    return np.where((last == PAD)[pool.rows], np.nan, hours)


@memoized
def _sections(pool: Pool) -> tuple[Ints, Ints]:
    """The section of each row's article, and of its visitor's last one; that of ``PAD`` is of no meaning.

    Shapes (rows,), (rows,).
    """
    sections = pool.live.articles.sections
    return sections[pool.items], sections[pool.visitors.items[:, 0]][pool.rows]
