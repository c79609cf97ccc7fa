"""The baselines against their sources, by hand."""

import numpy as np
import pytest

from recsys.backtest.baselines.item_cosine import ItemCosine
from recsys.backtest.baselines.plain_two_tower import PlainTwoTower
from recsys.backtest.baselines.popular import PopularEver, PopularLastHour
from recsys.backtest.baselines.session_index import SessionIndex
from recsys.backtest.baselines.stan import STAN, STANSettings
from recsys.backtest.baselines.static import STATIC
from recsys.backtest.baselines.v_sknn import VSkNN, VSkNNSettings
from recsys.backtest.baselines.vstan import VSTAN, VSTANSettings
from recsys.core.batches import Visitors
from recsys.retrieval.base import Retriever, RetrieverSettings
from recsys.retrieval.item_cf.session_knn import RecentSessions
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


def test_stan_by_hand() -> None:
    """The visitor read 1, 2, 3 at 1.5 h. Session A {1, 4} ended at .2 h and shares what was read two steps ago; session
    B reads 2, 5, 3, 6 and ended at .4 h: it shares 2 and 3, and 3, its third click, is the last that it shares.
    """
    rows = [(1, 1, 1, 0.1), (1, 1, 4, 0.2), (2, 2, 2, 0.1), (2, 2, 5, 0.2), (2, 2, 3, 0.3), (2, 2, 6, 0.4)]
    rows += [(0, 9, 1, 1.1), (0, 9, 2, 1.2), (0, 9, 3, 1.3)]
    settings = STANSettings(own_decay=2.0, session_decay=3.0, distance_decay=1.5)
    log = tiny_log(rows)
    live = live_at(log, 1.0)
    model = STAN.fit(settings, log.before(live.moment), live, lambda _: None)
    found = _listed(model, visitors_at(log, [0], 1.5))
    one, two, three = np.exp(-2 / 2), np.exp(-1 / 2), 1.0
    norm = np.sqrt(one**2 + two**2 + three**2)
    a = one / (norm * np.sqrt(2)) * np.exp(-1.3 / 3)
    b = (two + three) / (norm * np.sqrt(4)) * np.exp(-1.1 / 3)
    far = [np.exp(-clicks / 1.5) for clicks in range(3)]
    assert found == pytest.approx({1: a, 4: a * far[1], 2: b * far[2], 5: b * far[1], 3: b, 6: b * far[1]}, rel=1e-5)


def test_vstan_by_hand() -> None:
    """As STAN, times how late the shared click was, and how rare the article is: 3 sessions, 2 and 1 clicks."""
    rows = [(1, 1, 1, 0.1), (1, 1, 4, 0.2), (2, 2, 2, 0.1), (2, 2, 4, 0.3), (3, 3, 7, 0.4)]
    rows += [(0, 9, 1, 1.1), (0, 9, 2, 1.2)]
    log = tiny_log(rows)
    live = live_at(log, 1.0)
    past, visitor = log.before(live.moment), visitors_at(log, [0], 1.5)
    plain = {"own_decay": 2.0, "session_decay": 3.0, "distance_decay": 1.5}
    stan = _listed(STAN.fit(STANSettings(**plain), past, live, lambda _: None), visitor)
    numbers = VSTANSettings(**plain, latest_decay=0.5, rarity=2.0)
    found = _listed(VSTAN.fit(numbers, past, live, lambda _: None), visitor)
    earlier, rare, common = np.exp(-1 / 0.5), 1 + 2 * np.log(3), 1 + 2 * np.log(3 / 2)
    assert found[2] == pytest.approx(stan[2] * rare, rel=1e-5)
    assert found[1] == pytest.approx(stan[1] * earlier * rare, rel=1e-5)
    by_a, by_b = stan[1] * np.exp(-1 / 1.5), stan[2] * np.exp(-1 / 1.5)
    assert found[4] == pytest.approx((by_a * earlier + by_b) * common, rel=1e-5)


def _listed(model: Retriever, visitors: Visitors) -> dict[int, float]:
    """The scores of the first visitor, by article."""
    scores = model.scores(visitors)[0]
    return {int(item): float(one) for item, one in zip(model.live.items, scores, strict=True) if np.isfinite(one)}


def test_an_article_counts_at_its_last_place_in_a_session() -> None:
    recent = RecentSessions(np.array([5, 6, 5, 7], np.int32), np.array([1, 2, 3, 4]), np.array([8, 8, 8, 9]))
    index = SessionIndex.of(recent, 10)
    assert index.ended.tolist() == [4, 3]
    items, places, which = index.articles_of(np.array([1, 0]))
    assert (items.tolist(), places.tolist(), which.tolist()) == ([5, 6, 7], [3, 2, 1], [0, 0, 1])
    assert index.sharing(np.array([5, 7], np.int32), 5)[0].tolist() == [0, 1]
    assert index.sharing(np.array([5, 7], np.int32), 1)[0].tolist() == [0]
    empty = SessionIndex.of(RecentSessions.empty(), 10)
    assert empty.sharing(np.array([5], np.int32), 5)[0].tolist() == []


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
