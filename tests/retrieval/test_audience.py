import numpy as np
import pytest

from recsys.core.types import HOUR
from recsys.retrieval.two_tower.audience import Audience, AudienceSettings
from tests.helpers import T0

SETTINGS = AudienceSettings()


def test_the_discriminant_by_hand() -> None:
    """One dimension, variance 1. Article 1 had 10 readers at +1, article 2 had 10 at -1, an hour (a half-life) ago."""
    spread = np.array([[-1.0], [1.0]] * 500, np.float32)
    vectors = np.array([[1.0]] * 10 + [[-1.0]] * 10, np.float32)
    items = np.repeat([1, 2], 10).astype(np.int32)
    audience = Audience.start(SETTINGS, spread, T0).advance(items, np.full(20, T0), vectors, T0 + HOUR)
    slopes, offsets = audience.lines(np.array([1, 2, 3], np.int32))
    mean = 5.0 / (5.0 + SETTINGS.pseudo_readers)  # five decayed readers beside those who stand for everybody, at 0
    variance = np.cov(spread.T) * (1 + SETTINGS.ridge)
    assert slopes[:, 0] == pytest.approx([mean / variance, -mean / variance, 0], rel=1e-4, abs=1e-6)
    assert offsets == pytest.approx([-(mean**2) / 2 / variance] * 2 + [0], rel=1e-4, abs=1e-6)


def test_it_is_the_likelihood_ratio_of_normal_readers() -> None:
    """With many readers the score comes near log p(u | article) - log p(u | anybody) of two normal distributions."""
    rng = np.random.default_rng(3)
    centre, items = rng.normal(size=(2, 3)) * 0.3, np.repeat([1, 2], 40_000).astype(np.int32)
    vectors = (centre[items - 1] + rng.normal(size=(80_000, 3))).astype(np.float32)
    spread = rng.normal(size=(80_000, 3)).astype(np.float32)
    audience = Audience.start(SETTINGS, spread, T0).advance(items, np.full(len(items), T0), vectors, T0 + 1)
    slopes, offsets = audience.lines(np.array([1, 2], np.int32))
    visitor = rng.normal(size=3)
    anybody = centre.mean(axis=0)
    expected = [-0.5 * ((visitor - c) ** 2).sum() + 0.5 * ((visitor - anybody) ** 2).sum() for c in centre]
    assert slopes @ visitor + offsets == pytest.approx(expected, rel=0.15, abs=0.03)


def test_it_does_not_matter_how_often_the_clock_is_moved() -> None:
    rng = np.random.default_rng(5)
    items, vectors = rng.integers(5, size=60).astype(np.int32), rng.normal(size=(60, 4)).astype(np.float32)
    times = np.sort(T0 + rng.integers(5 * HOUR, size=60))
    once = Audience.start(SETTINGS, vectors, T0).advance(items, times, vectors, T0 + 5 * HOUR)
    stepwise = Audience.start(SETTINGS, vectors, T0)
    for hour in range(10):
        start, end = T0 + hour * HOUR // 2, T0 + (hour + 1) * HOUR // 2
        new = (times >= start) & (times < end)
        stepwise = stepwise.advance(items[new], times[new], vectors[new], end)
    for one, other in zip(once.lines(np.arange(5)), stepwise.lines(np.arange(5)), strict=True):
        assert np.array_equal(one, other)
