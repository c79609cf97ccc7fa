"""The baselines against their sources, by hand."""

import numpy as np
import pytest

from recsys.backtest.baselines.item_cosine import ItemCosine
from recsys.backtest.baselines.plain_two_tower import PlainTwoTower
from recsys.backtest.baselines.popular import PopularEver, PopularLastHour
from recsys.backtest.baselines.static import STATIC
from recsys.backtest.baselines.v_sknn import VSkNN, VSkNNSettings
from recsys.retrieval.base import Retriever, RetrieverSettings
from recsys.retrieval.live_articles import LiveArticles
from recsys.retrieval.two_tower.settings import TwoTowerSettings
from tests.helpers import T0, live_at, tiny_log, visitors_at

HOUR = 3_600_000


def scores_of(
    kind: type[Retriever], rows: list, visitor: int, hours: float, settings: RetrieverSettings | None = None
) -> dict[int, float]:
    log = tiny_log(rows)
    live = live_at(log, hours)
    model = kind.fit(settings or kind.Settings(), log.before(live.moment), live, lambda _: None)
    scores = model.scores(visitors_at(log, [visitor], hours))[0]
    return {int(item): float(score) for item, score in zip(live.items, scores, strict=True) if np.isfinite(score)}


def test_v_sknn_by_hand() -> None:
    """The visitor read 1, 2, 3 (weights 1/3, 2/3, 1). Session A {1, 4}: similarity 1/3 / 3, decay 1/3 (three steps
    ago). Session B {2, 3, 5}: (2/3 + 1) / 3, decay 1. Session C {6, 7} shares nothing.
    """
    rows = [(1, 1, 1, 0.1), (1, 1, 4, 0.2), (2, 2, 2, 0.1), (2, 2, 3, 0.2), (2, 2, 5, 0.3), (3, 3, 6, 0.1)]
    rows += [(3, 3, 7, 0.2), (0, 9, 1, 1.1), (0, 9, 2, 1.2), (0, 9, 3, 1.3)]
    log = tiny_log(rows)
    live = live_at(log, 1.0)
    model = VSkNN.fit(VSkNNSettings(), log.before(live.moment), live, lambda _: None)
    scores = model.scores(visitors_at(log, [0], 1.5))[0]
    found = {int(i): float(s) for i, s in zip(live.items, scores, strict=True) if np.isfinite(s)}
    in_a, in_b = (1 / 3) / 3 / 3, (2 / 3 + 1) / 3
    assert found == pytest.approx({1: in_a, 4: in_a, 2: in_b, 3: in_b, 5: in_b})


def test_v_sknn_looks_at_the_newest_sessions_and_the_nearest_neighbours() -> None:
    rows = [(1, 1, 1, 0.1), (1, 1, 4, 0.2), (2, 2, 1, 0.3), (2, 2, 5, 0.4), (0, 9, 1, 0.9)]
    newest = VSkNNSettings(sample=2)  # the visitor's own session is the newest
    assert set(scores_of(VSkNN, rows, 0, 1.0, newest)) == {1, 5}
    assert set(scores_of(VSkNN, rows, 0, 1.0, VSkNNSettings(sample=9))) == {1, 4, 5}
    assert set(scores_of(VSkNN, rows, 0, 1.0, VSkNNSettings(sample=9, neighbours=1))) == {1}


def test_v_sknn_forgets_the_day_before() -> None:
    rows = [(1, 1, 1, 0.1), (1, 1, 4, 0.2), (0, 9, 1, 24.5)]
    assert 4 in scores_of(VSkNN, rows, 1, 24.05)
    assert 4 not in scores_of(VSkNN, rows, 0, 25.0)


def test_most_clicked_counts_the_hour_or_everything() -> None:
    rows = [(u, u, 1, 0.5) for u in range(5)] + [(u, 10 + u, 2, 1.5) for u in range(2)]
    assert scores_of(PopularLastHour, rows, 7, 2.0) == {2: 2.0}
    assert scores_of(PopularEver, rows, 7, 2.0) == {1: 5.0, 2: 2.0}


def test_item_cosine_by_hand() -> None:
    """1 was read by users 1, 2, 3 and 0, 2 by 1 and 2, 3 by 3: cosines 2/√(4·2) and 1/√(4·1)."""
    rows = [(1, 1, 1, 0.1), (1, 1, 2, 0.2), (2, 2, 1, 0.1), (2, 2, 2, 0.2), (2, 2, 2, 0.3), (3, 3, 1, 0.1)]
    rows += [(3, 3, 3, 0.3), (0, 9, 1, 0.5)]
    found = scores_of(ItemCosine, rows, 0, 1.0)
    assert found == pytest.approx({1: 1.0, 2: 2 / np.sqrt(8), 3: 1 / 2})


def test_the_static_way_has_the_whole_catalogue_and_six_features() -> None:
    log = tiny_log([(0, 0, 1, 0.1), (0, 0, 2, 0.2), (1, 1, 3, 2_000.0)], articles=5_000)
    moment = T0 + 3_000 * HOUR
    live = LiveArticles.start(STATIC.settings.live_articles, log.articles, moment).advance(log.clicks, moment)
    assert live.items.tolist() == [1, 2, 3]
    assert [own.list_size for own in STATIC.settings.retrievers.values()] == [300, 100, 200, 200]
    assert len(STATIC.features) == 6


def test_the_two_tower_of_the_static_way_knows_nothing_of_time() -> None:
    log = tiny_log([(u, u, 1 + (u + i) % 4, 0.1 * i + 0.01 * u) for u in range(30) for i in range(4)], users=30)
    live = live_at(log, 1.0)
    plain = PlainTwoTower.fit(TwoTowerSettings(), log, live, lambda _: None)
    later = plain.advance(log.clicks.rows(slice(0, 0)), log.histories, live_at(log, 9.0))
    visitors = visitors_at(log, [3], 1.0)
    cosines = plain.towers.visitor_vectors(visitors) @ plain.towers.vectors[live.items].T
    assert plain.scores(visitors) == pytest.approx(cosines / plain.towers.weights["temperature"], rel=1e-5)
    assert later.scores(visitors) == pytest.approx(plain.scores(visitors))
