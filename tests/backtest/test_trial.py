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


def test_all_ways_walk_through_the_log_alike() -> None:
    other = QUICK.model_copy(update={"walk_forward": WalkForwardSettings(span_hours=12)})
    with pytest.raises(InputError, match="walk_forward"):
        tried(small_log(), QUICK, {"same": QUICK, "other": other}, (48, 72), 1, 20)
