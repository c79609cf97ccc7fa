"""ALS and the two-tower: that they learn, fold in what is new, and mean the same in training and serving."""

import numpy as np
import pytest
import torch

from recsys.core.types import PAD
from recsys.data.click_log import ClickLog
from recsys.retrieval.als import ALS, MOST_WAITING
from recsys.retrieval.base import Retriever
from recsys.retrieval.two_tower import network
from recsys.retrieval.two_tower.network import NetworkSettings
from recsys.retrieval.two_tower.retriever import TwoTower
from recsys.retrieval.two_tower.settings import TowerTrainingSettings, TwoTowerSettings
from tests.helpers import live_at, tiny_log, visitors_at

SHAPE = NetworkSettings()
learned = pytest.mark.parametrize("kind", [ALS, TwoTower])


def checkerboard(users: int = 300, articles: int = 20) -> ClickLog:
    """Even users read even articles, odd ones odd articles; each leaves two of theirs unread."""
    rng = np.random.default_rng(1)
    rows = []
    for user in range(users):
        mine = rng.permutation(np.arange(user % 2, articles, 2))[:-2]
        rows += [(user, user, int(article), 1.0 + 0.02 * step) for step, article in enumerate(mine)]
    return tiny_log(rows, articles + 2, users + 10)


def followed_by(log: ClickLog, clicks: list[tuple[int, int, int, float]]) -> ClickLog:
    rows = [
        (int(u), int(s), int(i), (int(t) - 1_506_826_800_000) / 3_600_000)
        for u, s, i, t in zip(log.clicks.users, log.clicks.sessions, log.clicks.items, log.clicks.times, strict=True)
    ]
    return tiny_log(rows + clicks, len(log.articles), len(log.user_ids))


PATIENT = TwoTowerSettings(training=TowerTrainingSettings(batch=128, epochs=15))
"""Small batches and many of them: the logs here are tiny."""


def fit(kind: type[Retriever], log: ClickLog, hours: float) -> Retriever:
    live = live_at(log, hours)
    settings = PATIENT if kind is TwoTower else kind.Settings()
    return kind.fit(settings, log.before(live.moment), live, lambda _: None)


@pytest.mark.parametrize("kind", [ALS, TwoTower])
def test_learns_the_checkerboard(kind: type[Retriever]) -> None:
    log = checkerboard()
    model = fit(kind, log, 2.0)
    users = np.arange(0, 300, 11)
    found = model.retrieve(visitors_at(log, users.tolist(), 2.0), 2).items
    assert (found != PAD).all()
    assert (found % 2 == (users % 2)[:, None]).mean() > 0.95


@learned
def test_a_new_article_is_folded_in_from_who_opened_it(kind: type[Retriever]) -> None:
    clicks = [(user, user, 20 + user % 2, 2.5) for user in range(100)]  # 20 for the even, 21 for the odd
    log = followed_by(checkerboard(), clicks)
    before = fit(kind, log, 2.0)
    live = live_at(log, 3.0)
    after = before.advance(log.clicks.between(before.live.moment, live.moment), log.histories, live)
    users = np.arange(120, 300, 9)
    scores = after.scores(visitors_at(log, users.tolist(), 3.0))
    even, odd = live.position[[20, 21]]
    prefers_odd = scores[:, odd] > scores[:, even]
    assert (prefers_odd == (users % 2 == 1)).mean() > 0.9


def test_towers_go_on_with_what_is_new() -> None:
    new = [(user, 300 + user, 20 + user % 2, 2.5) for user in range(200)]  # 20 for the even, 21 for the odd
    log = followed_by(checkerboard(), new)
    first, live = fit(TwoTower, log, 2.0), live_at(log, 3.0)
    assert isinstance(first, TwoTower)
    later = first.refitted(log.before(live.moment), live, lambda _: None)
    assert later.live.moment == live.moment
    assert np.flatnonzero(later.towers.has_id & ~first.towers.has_id).tolist() == [20, 21]
    users = np.arange(200, 300, 9)
    scores = later.audience_scores(visitors_at(log, users.tolist(), 3.0))
    for even, odd in (live.position[[20, 21]], live.position[[2, 3]]):  # what is new, and what was known before
        assert ((scores[:, odd] > scores[:, even]) == (users % 2 == 1)).mean() > 0.9


def test_towers_stay_as_they_are_where_nothing_is_new() -> None:
    log = checkerboard()
    first, live = fit(TwoTower, log, 2.0), live_at(log, 3.0)
    assert isinstance(first, TwoTower)
    later = first.refitted(log.before(live.moment), live, lambda _: None)
    for name, weights in first.towers.all_weights.items():
        assert np.array_equal(later.towers.all_weights[name], weights), name


@pytest.mark.parametrize("asked", [1, 7, MOST_WAITING + 20])
def test_new_articles_of_als_are_the_same_however_seldom_somebody_asks(asked: int) -> None:
    """In more steps than clicks may wait for, asked after each, after some and after the last alone."""
    log = checkerboard()
    steps = MOST_WAITING + 20
    late = [(step % 300, 1_000 + step, 20 + step % 2, 2.0 + step / steps) for step in range(steps)]
    full, model = followed_by(log, late), fit(ALS, log, 2.0)
    at_once = model.advance(full.clicks.between(model.live.moment, None), full.histories, live_at(full, 3.0))
    for step in range(1, steps + 1):
        live = live_at(full, 2.0 + step / steps)
        model = model.advance(full.clicks.between(model.live.moment, live.moment), full.histories, live)
        assert isinstance(model, ALS)
        if step % asked == 0:
            assert model.article_vectors[[20]].any()
    new = np.array([20, 21])
    assert at_once.article_vectors is not None
    assert np.array_equal(model.article_vectors[new], at_once.article_vectors[new])


def test_als_is_silent_about_somebody_unknown() -> None:
    log = checkerboard()
    assert not np.isfinite(fit(ALS, log, 2.0).scores(visitors_at(log, [-1], 2.0))).any()


def test_the_towers_mean_the_same_in_torch_and_in_numpy() -> None:
    rng = np.random.default_rng(3)
    weights = {name: rng.normal(size=shape).astype(np.float32) for name, shape in network.shapes(SHAPE, 7, 4).items()}
    tensors = {name: torch.from_numpy(weight) for name, weight in weights.items()}
    read = rng.normal(size=(5, SHAPE.history, SHAPE.dimensions)).astype(np.float32)
    contexts = network.context_rows(SHAPE, rng.integers(0, 300, (5, 6)).astype(np.int16))
    gaps = rng.normal(size=(5, network.GAP_FEATURES)).astype(np.float32)
    served = network.user_vectors(np, SHAPE, weights, read, contexts, gaps)
    trained = network.user_vectors(torch, SHAPE, tensors, *map(torch.from_numpy, (read, contexts, gaps)))
    assert served == pytest.approx(trained.numpy(), abs=1e-5)
    ages = network.age_features(np.array([0.0, 3.0, 100.0]))
    assert network.article_biases(weights, ages) == pytest.approx(
        network.article_biases(tensors, torch.from_numpy(ages)).numpy(), abs=1e-5
    )
