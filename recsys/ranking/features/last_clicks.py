"""How an article goes with what the visitor read last."""

from __future__ import annotations

import numpy as np

from recsys.domain import HOUR, NOTHING, Doubles, Floats, Ints
from recsys.once import once
from recsys.ranking.features.registry import Values, duration, feature, retriever
from recsys.ranking.pool import Pool
from recsys.retrieval.als import ALS
from recsys.retrieval.item_cf import HALF_LIVES, ItemCF
from recsys.retrieval.two_tower import TwoTower

GROUP = "Last clicks"
CLOSE = 8
"""How many of the last clicks an article is compared with one by one."""


@feature("knn", "Session kNN", "share", GROUP, "item_cf", of_new=0.0)
def _knn(pool: Pool) -> Values:
    """The article's share of what was read in recent sessions that resemble the visitor's last clicks."""
    return retriever(pool, ItemCF).neighbours_read(pool.visitors)[pool.rows, pool.positions]


@once
def _transitions(pool: Pool) -> Doubles:
    return retriever(pool, ItemCF).transitions(pool.visitors.items[:, 0], pool.rows, pool.items)


def _transition(channel: int) -> None:
    def transition(pool: Pool) -> Values:
        return _transitions(pool)[channel]

    half_life = duration(HALF_LIVES[channel])
    transition.__doc__ = (
        f"The share of readers of the visitor's last article who went on to this one, half-life {half_life}."
    )
    name, label = f"from_last_{HALF_LIVES[channel]:g}h", f"From the last click, half-life {half_life}"
    feature(name, label, "share", GROUP, "item_cf", of_new=0.0)(transition)


for _channel in range(len(HALF_LIVES)):
    _transition(_channel)


@feature("from_section", "From the section of the last click", "log ratio", GROUP, "item_cf", of_new=np.nan)
def _from_section(pool: Pool) -> Values:
    """How many times as often readers come to the article from the last click's section as from any; logarithmic.

    Missing for a new visitor.
    """
    _, theirs = _sections(pool)
    lift = np.log(retriever(pool, ItemCF).section_lift(theirs, pool.positions))
    return np.where(pool.visitors.items[pool.rows, 0] == NOTHING, np.nan, lift)


@feature("als_last", "ALS: like the last click", "cosine", GROUP, "als", of_new=np.nan)
def _als_last(pool: Pool) -> Values:
    """The cosine of the ALS vectors of this article and of the visitor's last one."""
    return _als_cosines(pool)[0]


@feature("als_closest", "ALS: like the closest of the last clicks", "cosine", GROUP, "als", of_new=np.nan)
def _als_closest(pool: Pool) -> Values:
    """The largest cosine of the ALS vectors of this article and of one of the visitor's last ones."""
    return np.fmax.reduce(_als_cosines(pool))


@once
def _als_cosines(pool: Pool) -> Floats:
    """The cosine with each of the visitor's last articles, missing where there is none; shape (clicks, rows)."""
    als, read = retriever(pool, ALS), pool.visitors.items[:, :CLOSE]
    cosines = pool.products(als.live_article_vectors, als.article_vectors[read])
    return np.where((read == NOTHING).T[:, pool.rows], np.float32(np.nan), cosines)


@feature("tower_history", "Two-tower: like the last clicks", "cosines", GROUP, "two_tower", of_new=0.0)
def _tower_history(pool: Pool) -> Values:
    """The cosines of the two-tower vectors of this article and of the visitor's last ones, summed."""
    two_tower = retriever(pool, TwoTower)
    history = two_tower.article_vectors[pool.visitors.items[:, :CLOSE]].sum(axis=1)  # nothing read is a zero vector
    return pool.products(two_tower.live_article_vectors, history[:, None])[0]


@feature("section_share", "Section: share of the history", "share", GROUP, of_new=0.0)
def _section_share(pool: Pool) -> Values:
    """How much of what the visitor last read is of this article's section."""
    sections, read = pool.live.articles.sections, pool.visitors.items != NOTHING
    codes = int(sections.max(initial=0)) + 2  # -1, unknown, is the first
    theirs = np.arange(len(read))[:, None] * codes + sections[pool.visitors.items] + 1
    counts = np.bincount(theirs[read], minlength=len(read) * codes)
    lengths = np.maximum(read.sum(axis=1), 1)
    return counts[pool.rows * codes + sections[pool.items] + 1] / lengths[pool.rows]


@feature("section_last", "Section: same as the last click", "yes/no", GROUP, of_new=0.0)
def _section_last(pool: Pool) -> Values:
    """Whether the visitor's last article is of this article's section."""
    mine, theirs = _sections(pool)
    return (theirs == mine) & (pool.visitors.items[pool.rows, 0] != NOTHING)


@feature("newer_than_last", "Newer than the last click", "hours", GROUP, of_new=np.nan)
def _newer_than_last(pool: Pool) -> Values:
    """How much later the article was published than the visitor's last one; missing for a new visitor."""
    last = pool.visitors.items[:, 0]
    hours = (pool.live.opened[pool.positions] - pool.live.published(last)[pool.rows]) / HOUR
    return np.where((last == NOTHING)[pool.rows], np.nan, hours)


@once
def _sections(pool: Pool) -> tuple[Ints, Ints]:
    """The section of each row's article, and of its visitor's last one; that of ``NOTHING`` is of no meaning.

    Shapes (rows,), (rows,).
    """
    sections = pool.live.articles.sections
    return sections[pool.items], sections[pool.visitors.items[:, 0]][pool.rows]
