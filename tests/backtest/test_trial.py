"""A change of settings on trial."""

import numpy as np
import pytest

from benchmarks.trial import change, tried, with_seed
from recsys.errors import InputError
from recsys.testing import small_log
from recsys.training.settings import TrainingSettings, WalkForwardSettings
from tests.backtest.test_backtest import QUICK


def test_a_difference_is_that_of_the_same_requests() -> None:
    """In the first window half as much again, in the second the same; each window counts once."""
    windows = np.array([3, 3, 3, 4])
    found = change(np.array([0.2, 0.4, 0.6, 1.0]), np.array([0.4, 0.6, 0.8, 1.0]), windows)
    assert (found.requests, found.before, found.after) == (4, 0.7, 0.8)
    assert (found.low, found.high) == (0.0, 0.2)


def test_other_seeds_change_nothing_else() -> None:
    settings = TrainingSettings()
    assert with_seed(settings, 0) == settings
    other = with_seed(settings, 3)
    assert other.reranker.seed == settings.reranker.seed + 3
    assert other.retrievers["als"].seed == settings.retrievers["als"].seed + 3  # type: ignore[attr-defined]
    assert with_seed(other, -3) == settings


def test_half_a_forest_is_told_from_a_whole_one_and_the_same_settings_are_the_same() -> None:
    log = small_log()
    few = QUICK.model_copy(update={"reranker": QUICK.reranker.model_copy(update={"trees": 1})})
    found = tried(log, QUICK, {"half": few, "same": QUICK}, (48, 72), 1, 20)
    half, same = found.changes["half"], found.changes["same"]
    assert half["all"]["ndcg@20"].before != half["all"]["ndcg@20"].after
    for by_metric in same.values():
        for one in by_metric.values():
            assert (one.before, one.low, one.high) == (one.after, 0, 0)
    assert same["all"]["hr@20"].before == half["all"]["hr@20"].before
    assert found.table().count("new visitors, first click") == 2


def test_ways_may_learn_from_more_days_but_are_trained_again_as_often() -> None:
    def walking(span_hours: int, training_spans: int) -> TrainingSettings:
        walk = WalkForwardSettings(span_hours=span_hours, training_spans=training_spans)
        return QUICK.model_copy(update={"walk_forward": walk, "pace": 1.0})  # with a pace, a small log changes nothing

    one, three, shorter = walking(12, 1), walking(12, 3), walking(6, 1)
    found = tried(small_log(), one, {"three": three, "same": one}, (48, 72), 1, 20)
    assert found.changes["three"]["all"]["ndcg@20"].before != found.changes["three"]["all"]["ndcg@20"].after
    assert found.changes["same"]["all"]["ndcg@20"].low == found.changes["same"]["all"]["ndcg@20"].high == 0
    with pytest.raises(InputError, match="span_hours"):
        tried(small_log(), one, {"same": one, "shorter": shorter}, (48, 72), 1, 20)
