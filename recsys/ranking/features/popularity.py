"""How much an article is read now, and by whom."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from recsys.core.caching import memoized
from recsys.core.reasons import Reason
from recsys.core.types import Doubles
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
from recsys.retrieval.item_cf.retriever import ItemCF
from recsys.retrieval.popularity.retriever import Popularity
from recsys.retrieval.popularity.settings import PopularitySettings

NOW = FeatureGroup("Popularity now", Reason.POPULAR_NOW)
CONTEXT = FeatureGroup("Context", Reason.SAME_CONTEXT)
CONTEXTS = {
    "device": "on this device",
    "os": "on this operating system",
    "country": "from this country",
    "referrer": "by readers who came this way",
    "region": "from this region",
    "environment": "in this environment",
}
"""The contexts whose lifts are features, in words."""
SLOW_CONTEXTS = ("referrer", "region")
"""Those with one for each further half-life."""
RISING = ("rising", "rising_fast")
"""The features that set the click rates of two half-lives against each other."""


@memoized
def _counts(pool: Pool) -> Doubles:
    return pool.moment.get(Popularity).clicks_now[:, pool.positions]


@family
def _clicks_now(settings: AllSettings) -> Iterator[Feature]:
    popularity = settings.get("popularity")
    if not isinstance(popularity, PopularitySettings):
        return
    for channel, hours in enumerate(popularity.overall_half_lives):
        yield _clicks(channel, hours)
    for name in RISING:
        faster, slower = map(popularity.overall_channel, getattr(popularity, name))
        yield _rising(name, popularity.overall_half_lives, faster, slower)


def _clicks(channel: int, hours: float) -> Feature:
    def clicks(pool: Pool) -> Values:
        return np.log1p(_counts(pool)[channel])

    meaning = f"Clicks up to now; those {duration(hours)} ago count half."
    label = f"Recent clicks, {duration(hours)}"
    return make_feature(
        clicks, f"clicks_{hours:g}h", label, "log clicks", NOW, "popularity", meaning=meaning, varies_by="article"
    )


def _rising(name: str, half_lives: tuple[float, ...], faster: int, slower: int) -> Feature:
    def rising(pool: Pool) -> Values:
        rates = (_counts(pool) + 1.0) / np.array(half_lives)[:, None]
        return np.log(rates[faster] / rates[slower])

    meaning = (
        f"The click rate with a half-life of {duration(half_lives[faster])}, divided by that with "
        f"{duration(half_lives[slower])}; above 1 the article is rising."
    )
    slow = half_lives[slower]
    label = f"Rising within {'minutes' if slow < 1 else 'hours' if slow < 24 else 'days'}"
    return make_feature(rising, name, label, "log ratio", NOW, "popularity", meaning=meaning, varies_by="article")


@feature("popularity_rank", "Articles with more clicks now", "articles", NOW, "popularity", varies_by="article")
def _popularity_rank(pool: Pool) -> Values:
    """How many live articles have more clicks in the last minutes than this one."""
    return pool.moment.get(Popularity).ranks_now[pool.positions]


@feature("section_clicks", "Share of all clicks in its section", "share", NOW, "popularity", varies_by="article")
def _section_clicks(pool: Pool) -> Values:
    """How much of what is read now is from this article's section."""
    of_section, _ = pool.moment.get(Popularity).section_shares
    return of_section[pool.positions]


@feature("share_of_section", "Its share of the clicks in its section", "share", NOW, "popularity", varies_by="article")
def _share_of_section(pool: Pool) -> Values:
    """How much of what is read now in this article's section is this article."""
    _, within = pool.moment.get(Popularity).section_shares
    return within[pool.positions]


def _recently(pool: Pool) -> Doubles:
    """The clicks of each row's article by the reference half-life, shape (rows,)."""
    settings = pool.moment.get(Popularity).settings
    return _counts(pool)[settings.overall_channel(settings.reference_half_life)]


@feature("read_on", "Readers who go on from it", "log ratio", NOW, "item_cf", "popularity", varies_by="article")
def _read_on(pool: Pool) -> Values:
    """How many readers go on to other articles from this one, for each click on it."""
    departures = pool.moment.get(ItemCF).departures[pool.positions]
    return np.log((departures + 1.0) / (_recently(pool) + 1.0))


@feature(
    "entered_by", "Readers who come from other articles", "log ratio", NOW, "item_cf", "popularity", varies_by="article"
)
def _entered_by(pool: Pool) -> Values:
    """How many readers come to this article from another one, for each click on it."""
    arrivals = pool.moment.get(ItemCF).arrivals[pool.positions]
    return np.log((arrivals + 1.0) / (_recently(pool) + 1.0))


@family
def _lifts(settings: AllSettings) -> Iterator[Feature]:
    popularity = settings.get("popularity")
    if not isinstance(popularity, PopularitySettings):
        return
    first, *others = popularity.context_half_lives
    for field, words in CONTEXTS.items():
        yield _lift(field, words, 0, first, f"lift_{field}")
    for channel, hours in enumerate(others, start=1):
        for field in SLOW_CONTEXTS:
            yield _lift(field, CONTEXTS[field], channel, hours, f"lift_{field}_{hours:g}h")


def _lift(field: str, words: str, channel: int, hours: float, name: str) -> Feature:
    def lift(pool: Pool) -> Values:
        popularity = pool.moment.get(Popularity)
        return popularity.log_lifts(field, channel, pool.visitors, pool.rows, pool.positions)

    meaning = (
        f"How many times as often the article is read {words} as by everybody; clicks {duration(hours)} ago count half."
    )
    label = f"Interest {words}, {duration(hours)}"
    return make_feature(lift, name, label, "log ratio", CONTEXT, "popularity", meaning=meaning)
