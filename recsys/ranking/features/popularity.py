"""How much an article is read now, and by whom."""

from __future__ import annotations

import numpy as np

from recsys.domain import Doubles
from recsys.once import once
from recsys.ranking.features.registry import Values, duration, feature, retriever
from recsys.ranking.pool import Pool
from recsys.retrieval.item_cf import ItemCF
from recsys.retrieval.popularity import CONTEXT_HALF_LIVES, HALF_AN_HOUR, OVERALL_HALF_LIVES, Popularity

NOW, CONTEXT = "Popularity now", "Context"
TWO_HOURS = OVERALL_HALF_LIVES.index(2.0)


def _clicks_now(channel: int, hours: float) -> None:
    def clicks(pool: Pool) -> Values:
        return np.log1p(_counts(pool)[channel])

    clicks.__doc__ = f"Clicks up to now, those {duration(hours)} old counting half; on a logarithmic scale."
    feature(f"clicks_{hours:g}h", f"Clicks, half-life {duration(hours)}", "log clicks", NOW, "popularity")(clicks)


@once
def _counts(pool: Pool) -> Doubles:
    return retriever(pool, Popularity).clicks_now[:, pool.positions]


for _channel, _hours in enumerate(OVERALL_HALF_LIVES):
    _clicks_now(_channel, _hours)


def _rising(name: str, label: str, faster: int, slower: int) -> None:
    def rising(pool: Pool) -> Values:
        counts = _counts(pool)
        rates = (counts + 1.0) / np.array(OVERALL_HALF_LIVES)[:, None]
        return np.log(rates[faster] / rates[slower])

    rising.__doc__ = (
        f"The click rate at a half-life of {duration(OVERALL_HALF_LIVES[faster])} against that of "
        f"{duration(OVERALL_HALF_LIVES[slower])}; above 0 the article is on its way up."
    )
    feature(name, label, "log ratio", NOW, "popularity")(rising)


_rising("rising", "Rising within hours", HALF_AN_HOUR, TWO_HOURS)
_rising("rising_fast", "Rising within minutes", 0, HALF_AN_HOUR)


@feature("popularity_place", "Place by clicks now", "place", NOW, "popularity")
def _popularity_place(pool: Pool) -> Values:
    """The article's place, from 0, when all in play are sorted by their clicks of the last minutes."""
    return retriever(pool, Popularity).places_now[pool.positions]


@feature("section_clicks", "Section: share of the clicks now", "share", NOW, "popularity")
def _section_clicks(pool: Pool) -> Values:
    """How much of what is read now is of this article's section."""
    of_section, _ = retriever(pool, Popularity).section_shares
    return of_section[pool.positions]


@feature("share_of_section", "Share of its section", "share", NOW, "popularity")
def _share_of_section(pool: Pool) -> Values:
    """How much of what is read now in this article's section is this article."""
    _, within = retriever(pool, Popularity).section_shares
    return within[pool.positions]


@feature("read_on", "Readers who read on", "log ratio", NOW, "item_cf", "popularity")
def _read_on(pool: Pool) -> Values:
    """Whether readers go on to other articles from this one: follow-up clicks against all its clicks."""
    departures = retriever(pool, ItemCF).departures[pool.positions]
    return np.log((departures + 1.0) / (_counts(pool)[TWO_HOURS] + 1.0))


@feature("entered_by", "Share of follow-up clicks", "log ratio", NOW, "item_cf", "popularity")
def _entered_by(pool: Pool) -> Values:
    """Whether the article is read next rather than first: clicks from another article against all clicks."""
    arrivals = retriever(pool, ItemCF).arrivals[pool.positions]
    return np.log((arrivals + 1.0) / (_counts(pool)[TWO_HOURS] + 1.0))


def _lift(field: str, label: str, channel: int = 0) -> None:
    def lift(pool: Pool) -> Values:
        lifts, of = retriever(pool, Popularity).lifts(field, pool.visitors.contexts, channel)
        return np.log(lifts[of[pool.rows], pool.positions])

    half_life = duration(CONTEXT_HALF_LIVES[channel])
    lift.__doc__ = (
        f"How many times as often the article is read {label} as by everybody, half-life {half_life}; on a "
        "logarithmic scale."
    )
    name = f"lift_{field}" if channel == 0 else f"lift_{field}_{CONTEXT_HALF_LIVES[channel]:g}h"
    feature(name, f"Lift: {field}, half-life {half_life}", "log ratio", CONTEXT, "popularity")(lift)


_lift("device", "on this device")
_lift("os", "on this operating system")
_lift("country", "from this country")
_lift("referrer", "by visitors who came this way")
_lift("region", "from this region")
_lift("environment", "in this environment")
_lift("referrer", "by visitors who came this way", 1)
_lift("region", "from this region", 1)
