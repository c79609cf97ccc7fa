"""Settings follow the log: its pace, and how much there is to learn from and to measure on."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from recsys.backtest.baselines.popular import LastHourSettings
from recsys.backtest.baselines.registry import fitted_to
from recsys.backtest.baselines.v_sknn import VSkNNSettings
from recsys.core.settings import PACED, Settings, at_pace
from recsys.core.types import DAY, HOUR
from recsys.data.click_log import ClickLog
from recsys.errors import InputError
from recsys.evaluation.holdout import ENOUGH, choose_holdout
from recsys.ranking.ensemble import Ensemble
from recsys.testing.logs import small_log
from recsys.training.adaptation import adapted, find_pace, find_span_hours
from recsys.training.settings import TrainingSettings
from tests.helpers import tiny_log

NOT_PACED = {"pair_window_hours", "span_hours", "min_hours", "published_shift_hours", "tasks_per_hour", "ema_half_life"}
"""Lengths of time that have reasons of their own: a session is a session everywhere."""


def stretched(log: ClickLog, factor: int) -> ClickLog:
    """The same clicks, further apart."""
    first = int(log.clicks.times[0])
    return replace(log, clicks=replace(log.clicks, times=first + (log.clicks.times - first) * factor))


@pytest.mark.parametrize("factor", [16, 64])
def test_a_log_that_moves_on_more_slowly_has_half_lives_that_are_as_much_longer(factor: int) -> None:
    log = small_log()
    settings = TrainingSettings()
    assert find_pace(settings, stretched(log, factor)) == factor * find_pace(settings, log)


def test_what_comes_later_does_not_change_the_settings() -> None:
    log = stretched(small_log(), 8)
    middle = int(log.clicks.times[len(log.clicks) // 2])
    changed = replace(log.clicks, items=log.clicks.items.copy())
    changed.items[len(log.clicks) // 2 + 1 :] = 0
    settings = TrainingSettings()
    assert adapted(settings, log.before(middle)) == adapted(settings, replace(log, clicks=changed).before(middle))


def test_a_few_clicks_long_after_all_others_do_not_make_a_log_a_small_one() -> None:
    log = small_log()
    stragglers = log.clicks.rows(slice(-3, None))
    stragglers = replace(stragglers, times=stragglers.times + 30 * DAY)
    trailing = replace(log, clicks=log.clicks.joined(stragglers))
    assert adapted(TrainingSettings(), trailing) == adapted(TrainingSettings(), log)


def test_a_named_pace_stands() -> None:
    settings = TrainingSettings(pace=1, repeats=False, beside=())
    assert adapted(settings, stretched(small_log(), 64)) == settings


def test_every_length_of_time_follows_the_pace() -> None:
    plain, paced = TrainingSettings(), at_pace(TrainingSettings(), 8)
    pairs = list(zip(numbers(plain), numbers(paced), strict=True))
    for (name, is_paced, before), (_, _, after) in pairs:
        if any(word in name for word in ("hours", "half_li", "days")) and name not in NOT_PACED:
            assert is_paced, name
        factor = 8 if is_paced else 1
        assert np.allclose(np.array(after, float), np.array(before, float) * factor), name
    assert sum(is_paced for (_, is_paced, _), _ in pairs) > 12
    assert TrainingSettings.model_validate(paced.model_dump(mode="json")) == paced


def numbers(settings: Settings) -> list[tuple[str, bool, Any]]:
    """Name, whether it follows the pace, and value of all numbers in settings."""
    found: list[tuple[str, bool, Any]] = []
    for name, field in type(settings).model_fields.items():
        value = getattr(settings, name)
        inner = value.values() if isinstance(value, dict) else [value]
        for one in inner:
            if isinstance(one, Settings):
                found += numbers(one)
            elif isinstance(one, int | float) or (isinstance(one, tuple) and all(isinstance(n, float) for n in one)):
                found.append((name, PACED in field.metadata, one))
    return found


def test_spans_are_as_long_as_it_takes_to_learn_enough() -> None:
    log = small_log()
    assert find_span_hours(log, 24, 4) == 24
    slow = stretched(log, 200)
    hours = find_span_hours(slow, 24, 4)
    days = (slow.clicks.times[-1] - slow.clicks.times[0]) / DAY
    assert 24 < hours <= 0.6 * days * 24 / 4


def test_a_day_is_held_back_where_it_holds_enough_and_else_more() -> None:
    log = small_log()
    assert choose_holdout(log, log.end).hours == 24
    slow = stretched(log, 100)
    end = int(slow.clicks.times[-1]) // HOUR * HOUR + HOUR
    found = choose_holdout(slow, end)
    assert found.hours > 24
    assert found.questions >= ENOUGH
    fewer = choose_holdout(slow, end, 24)
    assert fewer.questions < ENOUGH
    assert f"--replay-hours {found.hours}" in fewer.in_words()


def test_nothing_to_measure_on_is_a_sentence() -> None:
    log = tiny_log([(user, user, user, float(hour)) for hour in range(40) for user in range(3)])
    lonely = replace(log.clicks, sessions=np.arange(len(log.clicks)))
    with pytest.raises(InputError, match="There is no question to measure on"):
        choose_holdout(replace(log, clicks=lonely), int(log.clicks.times[-1]) + 1)


def test_where_readers_come_back_what_they_opened_is_suggested_and_baselines_list_it_too() -> None:
    log = small_log()
    plain = adapted(TrainingSettings(), log)
    assert plain.repeats is False
    assert "opened_before" not in plain.retrievers
    said = replace(log, dataset=log.dataset.model_copy(update={"repeats": True}))
    again = adapted(TrainingSettings(), said)
    assert again.repeats is True
    assert list(again.retrievers) == [*plain.retrievers, "opened_before"]
    assert "opened_times" in {one.name for one in Ensemble.of(again).features}
    assert {one.settings.repeats for one in fitted_to(again).values()} == {True}
    settled = TrainingSettings(repeats=False, pace=1, beside=())
    assert adapted(settled, said) == settled


def test_baselines_are_as_slow_as_the_log() -> None:
    plain, slow = (fitted_to(TrainingSettings(pace=pace)) for pace in (1, 8))
    assert slow["v-sknn"].settings.retrievers["v-sknn"] == VSkNNSettings(memory_hours=8 * 24)
    assert slow["popular-1h"].settings.retrievers["popular-1h"] == LastHourSettings(span_hours=8.0)
    assert plain["v-sknn"].settings.retrievers["v-sknn"] == VSkNNSettings()


@pytest.mark.parametrize(("factor", "beside"), [(1, ("als",)), (16, ())])
def test_on_fast_news_als_is_only_compared(log: ClickLog, factor: int, beside: tuple[str, ...]) -> None:
    slower = stretched(log, factor)
    assert adapted(TrainingSettings(), slower).beside == beside
    assert adapted(TrainingSettings(pace=float(factor)), slower).beside == beside
    assert adapted(TrainingSettings(beside=("two_tower",)), slower).beside == ("two_tower",)
    only = TrainingSettings(retrievers={"als": TrainingSettings().retrievers["als"]})
    assert adapted(only, slower).beside == (), "somebody has to suggest something"
