import numpy as np
import pytest

from recsys.core.types import Doubles
from recsys.data.click_log import ClickLog
from recsys.retrieval.decayed_counts import DecayedCounts
from recsys.retrieval.forecast import UNSEEN, Forecast, ForecastSettings
from recsys.retrieval.item_cf.follow_ups import found
from recsys.retrieval.item_cf.session_knn import RecentSessions
from recsys.retrieval.item_cf.settings import ItemCFSettings
from recsys.retrieval.live_articles import LiveArticles
from tests.helpers import T0, live_at, tiny_log

HALF_LIVES = (0.25, 0.5, 2.0)
DAYS = 8


def rising_and_falling() -> ClickLog:
    """Two new articles every hour, each with 10 clicks in its first hour, 40 in its second, 10 in its third."""
    rows = []
    for article in range(48 * DAYS):
        for age, clicks in enumerate((10, 40, 10)):
            rows += [(0, len(rows) + n, article, article // 2 + age + (n + 0.5) / clicks) for n in range(clicks)]
    return tiny_log(rows, articles=48 * DAYS, users=1)


def learned(log: ClickLog, hours: float, how: ForecastSettings | None = None) -> tuple[Forecast, Doubles, LiveArticles]:
    """A forecast at so many hours, and the counts and articles that it is asked of then."""
    live = live_at(log, hours)
    past = log.before(live.moment).clicks
    keys, weights = past.items.astype(np.int64), np.ones(len(past))
    nothing = DecayedCounts.start(HALF_LIVES, T0, 0.05)
    forecast = Forecast.learned(how or ForecastSettings(), nothing, keys, past.times, weights, live)
    counts = nothing.advance(keys, past.times, weights[None, :], live.moment)
    return forecast, counts.lookup(0, live.items), live


def test_with_too_little_to_learn_from_the_rate_of_the_last_minutes_stands() -> None:
    forecast, counts, live = learned(tiny_log([(0, 0, 1, 0.5), (1, 1, 1, 0.5), (2, 2, 2, 0.5)]), 1.0)
    rates = np.log(2) * np.mean([2**-2 / 0.25, 2**-1 / 0.5])  # a click of half an hour ago, at both half-lives
    expected = np.array([2, 1]) * rates + UNSEEN
    assert forecast.forest == ""
    shares = np.exp(forecast.log_shares(counts, np.array(HALF_LIVES), live))
    assert shares == pytest.approx(expected / expected.sum())


def test_it_learns_that_a_new_article_will_rise_and_an_older_one_fall() -> None:
    forecast, counts, live = learned(rising_and_falling(), 24 * DAYS)
    shares = np.exp(forecast.log_shares(counts, np.array(HALF_LIVES), live))
    share, now = (dict(zip(live.items.tolist(), values, strict=True)) for values in (shares, counts[0]))
    *_, oldest, older, newest = range(1, 48 * DAYS, 2)
    assert now[newest] < now[older], "by what is read now the older one is ahead"
    assert [share[newest], share[older]] == pytest.approx([40 / 100, 10 / 100], abs=0.05)
    assert share[oldest] < 0.01


def test_what_is_kept_gives_the_same_forecast() -> None:
    forecast, counts, live = learned(rising_and_falling(), 24 * DAYS)
    again = Forecast.restore(forecast.settings, forecast.state("x_"), "x_")
    one, other = (each.log_shares(counts, np.array(HALF_LIVES), live) for each in (forecast, again))
    assert forecast.forest
    np.testing.assert_array_equal(one, other)


def test_an_age_in_the_past_knows_nothing_of_later_clicks() -> None:
    """Until its tenth click, an article without a date is as old as its first one."""
    log = tiny_log([(0, n, 1, 1.0 + 0.1 * n) for n in range(12)])
    live, item = live_at(log, 3.0), np.array([1], np.int32)
    for hours, age in ((1.5, 0.5), (1.9, 0.9), (2.0, 0.1), (2.5, 0.6)):
        at_the_time = live_at(log, hours)
        assert live.ages_at(item, at_the_time.moment) == pytest.approx([age])
        assert at_the_time.age_hours(item, at_the_time.moment) == pytest.approx([age])


def test_a_follow_up_comes_from_another_article_of_the_same_visit_not_long_before() -> None:
    rows = [
        (0, 0, 1, 0.0), (0, 0, 2, 0.1), (0, 0, 2, 0.2), (0, 0, 1, 0.3),  # the third one is of the same article
        (1, 1, 3, 0.15), (1, 1, 4, 4.2),  # too long after
        (2, 2, 5, 0.4),
    ]  # fmt: skip
    clicks = tiny_log(rows).clicks
    follow = found(ItemCFSettings(), RecentSessions.of(clicks))
    assert list(zip(clicks.sessions[follow], clicks.items[follow], strict=True)) == [(0, 2), (0, 1)]
    assert found(ItemCFSettings(), RecentSessions.of(clicks), already_counted=4).tolist() == [follow[1]]
