"""Where actions weigh differently, a click counts as much as its weight; with one weight for all, nothing changes."""

from dataclasses import replace

import numpy as np
import pytest

from recsys.core.types import HOUR
from recsys.data.click_log import ClickLog
from recsys.retrieval.item_cf.retriever import ItemCF
from recsys.retrieval.item_cf.settings import ItemCFSettings
from recsys.retrieval.popularity.retriever import Popularity
from recsys.retrieval.popularity.settings import PopularitySettings
from tests.helpers import live_at, tiny_log

ROWS = [(0, 0, 1, 0.0), (0, 0, 2, 0.1), (1, 1, 1, 0.2), (1, 1, 3, 0.3)]


def weighted(*weights: float) -> ClickLog:
    log = tiny_log(ROWS)
    return replace(log, clicks=replace(log.clicks, weights=np.array(weights, np.float32)))


def popularity(log: ClickLog) -> Popularity:
    return Popularity.fit(PopularitySettings(), log, live_at(log, 1.0), lambda _: None)


def item_cf(log: ClickLog) -> ItemCF:
    return ItemCF.fit(ItemCFSettings(), log, live_at(log, 1.0), lambda _: None)


def test_popularity_counts_by_weight() -> None:
    plain, heavy = popularity(tiny_log(ROWS)), popularity(weighted(1, 1, 1, 4))
    assert plain.live.items.tolist() == [1, 2, 3]
    assert np.allclose(heavy.clicks_now[:, 2], 4 * plain.clicks_now[:, 2])
    assert np.allclose(heavy.clicks_now[:, :2], plain.clicks_now[:, :2])


def test_what_is_read_on_counts_by_the_weight_of_the_later_click() -> None:
    read, rows, items = np.array([1], np.int32), np.array([0, 0], np.int32), np.array([2, 3], np.int32)
    plain = item_cf(tiny_log(ROWS)).counts.lookup(read[rows], items)
    heavy = item_cf(weighted(9, 1, 9, 4)).counts.lookup(read[rows], items)
    assert np.allclose(heavy, plain * np.array([1, 4]))


def test_als_is_surer_of_the_weightier() -> None:
    from recsys.retrieval.als import _confidences

    log = tiny_log([*ROWS, (0, 2, 2, 5.0)])
    log = replace(log, clicks=replace(log.clicks, weights=np.array([1, 1, 1, 4, 3], np.float32)))
    assert _confidences(log, 2.0).toarray()[:2, 1:4].tolist() == [[2, 6, 0], [2, 0, 8]], "the weightiest of several"


@pytest.mark.parametrize("fit", [popularity, item_cf])
def test_one_weight_for_all_changes_nothing(fit: object) -> None:
    assert callable(fit)
    plain, same = fit(tiny_log(ROWS)), fit(weighted(1, 1, 1, 1))
    for name, array in plain.state().items():
        assert np.array_equal(array, same.state()[name]), name


def test_weights_are_kept_with_the_clicks_of_the_last_hours() -> None:
    log = weighted(1, 2, 3, 4)
    before = item_cf(log)
    after = ItemCF.restore(before.settings, dict(before.state()), before.live)
    assert after.recent.counted().tolist() == [1, 2, 3, 4]
    later = after.advance(log.clicks.rows(slice(0, 0)), log.histories, live_at(log, 2.0))
    assert later.recent.counted().tolist() == [1, 2, 3, 4]
    assert replace(log.clicks, times=log.clicks.times + HOUR).joined(tiny_log(ROWS).clicks).counted().tolist() == [
        1, 2, 3, 4, 1, 1, 1, 1,
    ]  # fmt: skip
