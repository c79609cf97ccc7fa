"""A forecast: how much of what is counted, clicks for one, each article will have in the coming hour.

What it had in the last minutes says most of it; a small forest says by how much more or less it will be, from counts of
several half-lives, the article's age and the hour of the day. It learns from the same at the full hours of the last days
and from what came after them: Poisson regression, in which an hour with many clicks counts for less than so many hours
with one each (McCullagh & Nelder, "Generalized Linear Models", 1989, section 6.2.3: variance grows faster than the mean).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from pydantic import NonNegativeFloat, PositiveFloat, PositiveInt

from recsys.core.arrays import ITEM_MASK
from recsys.core.forests import forest_text, lightgbm
from recsys.core.settings import PacedHours, Settings, Share, WholePacedHours
from recsys.core.types import HOUR, Arrays, Doubles, Floats, Ints, Longs
from recsys.retrieval.decayed_counts import DecayedCounts
from recsys.retrieval.live_articles import LiveArticles

LEADING = 2
"""The shortest half-lives, whose mean rate is where the forecast begins."""
UNSEEN = 0.02
"""Added to every article's forecast: what has no clicks now can have some in an hour."""
LEAST_ROWS = 1_000
"""With fewer articles of full hours to learn from, the rate of the last minutes stands."""


class ForecastSettings(Settings):
    """What a forecast is of, and how it learns."""

    hours: PacedHours = 1.0
    """How far it looks ahead."""
    learned_hours: WholePacedHours = 192
    """How far back it learns from: a week, and the weekday that is to come."""
    least: PositiveFloat = 0.2
    """Articles that would have fewer at the rate of the last minutes are left at that."""
    dispersion: NonNegativeFloat = 0.1
    """An article with a forecast of n counts 1 / (1 + n times this) as much as it does by itself."""
    trees: PositiveInt = 100
    leaves: PositiveInt = 31
    learning_rate: Share = 0.1
    seed: int = 7

    def lightgbm(self) -> dict[str, Any]:
        """As LightGBM calls them."""
        return {
            "objective": "poisson",
            "num_leaves": self.leaves,
            "learning_rate": self.learning_rate,
            "min_sum_hessian_in_leaf": 1.0,
            "max_bin": 127,
            "deterministic": True,
            "force_row_wise": True,
            "num_threads": 1,
            "verbosity": -1,
            "seed": self.seed,
        }


@dataclass(frozen=True)
class Forecast:
    """A forecast that has learned; ``forest`` is LightGBM's text, empty where there was too little to learn from."""

    settings: ForecastSettings
    forest: str = ""

    @classmethod
    def learned(
        cls, settings: ForecastSettings, counts: DecayedCounts, keys: Longs, times: Longs, weights: Doubles,
        live: LiveArticles,
    ) -> Forecast:  # fmt: skip
        """Learn from what was counted before ``live.moment``.

        Args:
            settings: the numbers.
            counts: with nothing counted yet; their keys are articles.
            keys: of each event, as in ``DecayedCounts.advance``, shape (events,).
            times: of each, ms, not decreasing, same shape.
            weights: of each, same shape.
            live: the articles at the moment.
        """
        step = round(settings.hours * HOUR)
        known = 0 if not len(times) else (live.moment - max(int(times[0]), counts.moment)) // step
        inputs, wanted, bases = [], [], []
        for back in range(min(known, round(settings.learned_hours / settings.hours)), 0, -1):
            moment = live.moment - back * step
            first, now, last = np.searchsorted(times, [counts.moment, moment, moment + step])
            counts = counts.advance(keys[first:now], times[first:now], weights[None, first:now], moment)
            items = (counts.table.keys & ITEM_MASK).astype(np.int32)
            values = counts.table.values * counts.scale[:, None]
            base = _base(settings, values, counts.half_lives)
            enough = base >= settings.least
            items, values = items[enough], values[:, enough]
            came = np.bincount(keys[now:last], weights[now:last], len(live.articles))
            inputs.append(_inputs(values, counts.half_lives, live.ages_at(items, moment), moment))
            wanted.append(came[items])
            bases.append(base[enough])
        if sum(map(len, bases)) < LEAST_ROWS:
            return cls(settings)
        base = np.concatenate(bases)
        data = lightgbm.Dataset(
            np.concatenate(inputs),
            np.concatenate(wanted),
            weight=1.0 / (1.0 + settings.dispersion * base),
            init_score=np.log(base),
        )
        return cls(settings, forest_text(lightgbm.train(settings.lightgbm(), data, settings.trees)))

    def shares(self, counts: Doubles, half_lives: Doubles, live: LiveArticles) -> Doubles:
        """The logarithm of each live article's share of what is to come; shapes (channels, live) to (live,)."""
        expected = _base(self.settings, counts, half_lives)
        enough = np.flatnonzero(expected >= self.settings.least)
        if self.forest and len(enough):
            ages = live.live_age_hours(enough, live.moment)
            rows = _inputs(counts[:, enough], half_lives, ages, live.moment)
            expected[enough] *= np.exp(self._booster.predict(rows, raw_score=True, num_threads=1))
        expected += UNSEEN
        return np.log(expected / expected.sum())

    def state(self) -> Arrays:
        """The forest."""
        return {"forest": np.frombuffer(self.forest.encode(), np.uint8)}

    @classmethod
    def restore(cls, settings: ForecastSettings, state: Arrays, prefix: str) -> Forecast:
        """The forecast with this state."""
        return cls(settings, state[f"{prefix}forest"].tobytes().decode())

    @cached_property
    def _booster(self) -> lightgbm.Booster:
        return lightgbm.Booster(model_str=self.forest)


def _base(settings: ForecastSettings, counts: Doubles, half_lives: Doubles) -> Doubles:
    """What there would be at the rate of the last minutes, shape (articles,)."""
    rates = counts[:LEADING] * (np.log(2.0) / half_lives[:LEADING, None])
    return np.asarray(settings.hours * rates.mean(axis=0))


def _inputs(counts: Doubles, half_lives: Doubles, ages: Doubles, moment: int) -> Floats:
    """What the forest reads of some articles; shapes (channels, articles), (articles,) to (articles, inputs)."""
    rates = np.log((counts + 1.0) / half_lives[:, None])
    hour = np.full(len(ages), moment // HOUR % 24)
    return np.column_stack([*np.log1p(counts), *(rates[:-1] - rates[1:]), ages, hour]).astype(np.float32)
