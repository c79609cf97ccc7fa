"""The newsroom's articles and readers, before anybody clicks."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from recsys.core.types import HOUR, Codes, Doubles, Ints, Longs
from recsys.data.newsroom.headlines import make_headlines

START = 1_506_826_800_000
"""The first moment of the log, ms: 2017-10-01 03:00 UTC, as in the published one."""

SECTIONS = 15
HOURLY_RHYTHM = np.array([4.2, 4.1, 3.2, 2.1, 1.1, 0.6, 0.5, 0.55, 1.0, 2.4, 4.2, 6.1,
                          5.4, 5.7, 6.2, 6.3, 6.9, 6.5, 6.4, 6.5, 6.0, 5.0, 4.7, 4.4])  # fmt: skip
"""Share of a day's clicks by hour of the day, UTC, in percent: calibrated to the real log."""

DEVICE_OS = {(1, 17): 0.580, (1, 12): 0.020, (1, 13): 0.008, (3, 2): 0.253, (3, 20): 0.096, (3, 19): 0.002,
             (4, 20): 0.027, (4, 2): 0.010, (2, 3): 0.001, (5, 5): 0.003}  # fmt: skip
"""How often each device comes with each operating system."""
COUNTRIES = {1: 0.954, 10: 0.021, 11: 0.010, 3: 0.003, 2: 0.003, 6: 0.002, 7: 0.002, 8: 0.002,
             4: 0.001, 5: 0.001, 9: 0.001}  # fmt: skip
HOME = 1
REFERRERS = {1: 0.10, 2: 0.45, 3: 0.20, 4: 0.15, 5: 0.06, 6: 0.03, 7: 0.01}

ARTICLES_PER_DAY = 750
QUALITY_SPREAD = 2.6
"""Standard deviation of the logarithm of an article's appeal."""
STORY_SIZES = ([1, 2, 3, 4, 6], [0.62, 0.18, 0.10, 0.06, 0.04])
BREAKING_PER_DAY = 2.0
FOREIGN_SHARE = 0.18
"""Share of stories that one foreign country reads far more than everybody else."""


@dataclass(frozen=True)
class NewsArticles:
    """Articles as arrays, shape (articles,), in the order of their ids (which is by section)."""

    ids: Longs
    sections: Ints
    created: Longs
    online: Longs
    words: Ints
    titles: list[str]
    stories: Ints
    appeal: Doubles
    lifetime: Doubles
    """How long the article draws readers, in hours."""
    countries: Ints
    """The country that reads it most, or 0."""


@dataclass(frozen=True)
class Readers:
    """Readers as arrays, shape (readers,), and their tastes, (readers, sections): appeal factors per section."""

    contexts: Codes
    tastes: NDArray[np.float32]


def make_articles(rng: np.random.Generator, days: int) -> NewsArticles:
    """Stories, each with one or more articles, from four days before the log starts until its end."""
    warm_up = 4
    wanted = ARTICLES_PER_DAY * (days + warm_up)
    sizes = rng.choice(STORY_SIZES[0], p=STORY_SIZES[1], size=wanted)
    sizes = sizes[: int(np.searchsorted(np.cumsum(sizes), wanted)) + 1]
    breaking = rng.random(len(sizes)) < BREAKING_PER_DAY * (days + warm_up) / len(sizes)
    sizes[breaking] = rng.integers(8, 16, int(breaking.sum()))
    stories = np.repeat(np.arange(len(sizes)), sizes)
    count = len(stories)

    rhythm = np.roll(HOURLY_RHYTHM, -1) + 1.0  # desks work a little ahead of the readers
    hours = rng.choice(24, p=rhythm / rhythm.sum(), size=len(sizes))
    story_online = (
        START
        + (rng.integers(-warm_up, days, len(sizes)) * 24 + (hours - 3) % 24) * HOUR
        + rng.integers(0, HOUR, len(sizes))
    )
    # A story's later articles follow over hours; a breaking story's within the hour.
    follow = rng.exponential(np.where(breaking, 0.8, 9.0)[stories]) * HOUR
    first = np.r_[True, np.diff(stories) > 0]
    follow[first] = 0
    online = story_online[stories] + np.cumsum(follow).astype(np.int64) - _carry(np.cumsum(follow), first)
    created = online - (rng.lognormal(np.log(3.0), 0.25, count) * HOUR).astype(np.int64)

    popularity = np.array([12, 9, 7, 15, 7, 6, 4, 6, 4, 9, 5, 3, 5, 12, 5], float)
    story_sections = rng.choice(np.arange(1, SECTIONS + 1), p=popularity / popularity.sum(), size=len(sizes))
    story_country = np.where(
        rng.random(len(sizes)) < FOREIGN_SHARE, rng.choice([c for c in COUNTRIES if c != HOME], len(sizes)), 0
    )
    story_country[breaking] = 0
    story_appeal = rng.normal(0, 0.8, len(sizes)) + np.where(breaking, 2.2, 0)
    own = rng.normal(0, np.sqrt(QUALITY_SPREAD**2 - 0.8**2), count) * np.where(breaking[stories], 0.4, 1.0)
    appeal = np.exp(story_appeal[stories] + own)
    evergreen = rng.random(count) < 0.025
    lifetime = np.where(evergreen, rng.lognormal(np.log(100), 0.5, count), rng.lognormal(np.log(3.6), 0.55, count))
    sections = story_sections[stories].astype(np.int32)
    titles = make_headlines(rng.spawn(1)[0], stories, story_sections, breaking)

    order = np.lexsort((online, sections))  # like the published ids, which grow with the section
    gaps = rng.integers(1, 40, count)
    return NewsArticles(
        ids=np.cumsum(gaps).astype(np.int64),
        sections=sections[order],
        created=created[order],
        online=online[order],
        words=np.clip(rng.lognormal(np.log(420), 0.5, count), 60, 4000).astype(np.int32),
        titles=[titles[i] for i in order],
        stories=stories[order].astype(np.int32),
        appeal=np.where(evergreen, 0.09, 1.0)[order] * appeal[order],
        lifetime=lifetime[order],
        countries=story_country[stories][order].astype(np.int32),
    )


def make_readers(rng: np.random.Generator, count: int) -> Readers:
    """Readers with a context and with tastes that depend on it and on themselves."""
    pairs = np.array(list(DEVICE_OS), np.int16)
    shares = np.array(list(DEVICE_OS.values()))
    chosen = pairs[rng.choice(len(pairs), p=shares / shares.sum(), size=count)]
    country = rng.choice(list(COUNTRIES), p=_shares(COUNTRIES), size=count)
    home = country == HOME
    region = np.where(home, rng.choice(28, p=_zipf(28), size=count) + 1, 0)
    app = (rng.random(count) < 0.025) & np.isin(chosen[:, 0], (3, 4)) & np.isin(chosen[:, 1], (2, 20))
    environment = np.where(app, 2, np.where(rng.random(count) < 0.025, 1, 4))
    referrer = rng.choice(list(REFERRERS), p=_shares(REFERRERS), size=count)
    contexts = np.column_stack([chosen, country, region, environment, referrer]).astype(np.int16)

    # Each context leans to some sections; each reader has two or three favourites of their own.
    lean = {field: rng.normal(0, 0.55, (256, SECTIONS)) for field in ("device", "os", "country")}
    logits = lean["device"][contexts[:, 0]] + lean["os"][contexts[:, 1]]
    logits += np.where(home, 0, 1)[:, None] * lean["country"][contexts[:, 2]]
    logits += rng.gumbel(0, 0.75, (count, SECTIONS))
    tastes = np.exp(logits - logits.max(axis=1, keepdims=True))
    return Readers(contexts, (tastes / tastes.mean(axis=1, keepdims=True)).astype(np.float32))


def _carry(cumulated: Doubles, first: NDArray[np.bool_]) -> Longs:
    """The running total at each story's first article, for all of the story's articles."""
    at_first = np.where(first, cumulated, -np.inf)
    return np.maximum.accumulate(at_first).astype(np.int64)


def _shares(weights: dict[int, float]) -> Doubles:
    values = np.array(list(weights.values()))
    return values / values.sum()


def _zipf(count: int) -> Doubles:
    weights = 1.0 / np.arange(1, count + 1)
    return weights / weights.sum()
