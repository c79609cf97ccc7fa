"""How much an article is read now, and by whom."""

from __future__ import annotations

import numpy as np

from recsys.domain import Doubles
from recsys.ranking.features.registry import Values, duration, feature, once, retriever
from recsys.ranking.pool import Pool
from recsys.retrieval.item_cf import ItemCF
from recsys.retrieval.popularity import OVERALL_HALF_LIVES, Popularity

NOW, CONTEXT = "Popularity now", "Context"


def _clicks_now(channel: int, hours: float) -> None:
    def clicks(pool: Pool) -> Values:
        return np.log1p(_counts(pool)[channel])

    clicks.__doc__ = f"Clicks up to now, those {duration(hours)} old counting half; on a logarithmic scale."
    feature(f"clicks_{hours:g}h", f"Clicks, half-life {duration(hours)}", "log clicks", NOW, "popularity")(clicks)


@once
def _counts(pool: Pool) -> Doubles:
    return retriever(pool, Popularity).counts["overall"].lookup(0, pool.live.items)[:, pool.positions]


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


_rising("rising", "Rising within hours", 2, 3)
_rising("rising_fast", "Rising within minutes", 0, 2)


@feature("entered_by", "Share of follow-up clicks", "log ratio", NOW, "item_cf", "popularity")
def _entered_by(pool: Pool) -> Values:
    """Whether the article is read next rather than first: clicks from another article against all clicks."""
    arrivals = retriever(pool, ItemCF).arrivals[pool.positions]
    return np.log((arrivals + 1.0) / (_counts(pool)[3] + 1.0))


def _lift(field: str, label: str) -> None:
    def lift(pool: Pool) -> Values:
        return np.log(retriever(pool, Popularity).lift(field, pool.visitors.contexts[pool.rows], pool.items))

    lift.__doc__ = f"How many times as often the article is read {label} as by everybody; on a logarithmic scale."
    feature(f"lift_{field}", f"Lift: {field.replace('_', ' × ')}", "log ratio", CONTEXT, "popularity")(lift)


_lift("device", "on this device")
_lift("os", "on this operating system")
_lift("country", "from this country")
_lift("referrer", "by visitors who came this way")
_lift("region", "from this region")
