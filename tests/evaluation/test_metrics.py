import math

import numpy as np
import pytest

from recsys.core.arrays import ranks_of
from recsys.core.types import HOUR
from recsys.data.next_click import next_click_tasks
from recsys.evaluation.beyond_accuracy import beyond_accuracy
from recsys.evaluation.intervals import interval
from recsys.evaluation.metrics import gains, summary
from recsys.evaluation.segments import segments
from tests.helpers import PHONE_DE, T0, tiny_log


def test_places_and_gains_by_hand() -> None:
    lists = np.array([[4, 7, 9], [1, 2, -1], [3, 5, 6]], np.int32)
    places = ranks_of(np.array([7, 1, 8], np.int32), lists)
    assert places.tolist() == [2, 1, 0]
    assert gains(places, "ndcg@20") == pytest.approx([1 / math.log2(3), 1, 0])
    assert gains(places, "mrr@5") == pytest.approx([0.5, 1, 0])
    assert gains(np.array([20, 21, 5, 6]), "hr@20").tolist() == [1, 0, 1, 1]
    assert gains(np.array([20, 21, 5, 6]), "hr@5").tolist() == [0, 0, 1, 0]


def test_the_mean_is_over_hours_and_not_over_requests() -> None:
    """Three hits in one hour, one miss in the other: .5, not .75."""
    assert summary(np.array([1, 1, 1, 0]), np.array([7, 7, 7, 8]))["hr@10"] == 0.5


def test_tasks_are_the_clicks_of_a_session_without_repeats() -> None:
    log = tiny_log([(0, 5, 1, 0.0), (0, 5, 1, 0.1), (0, 5, 2, 0.2), (1, 6, 3, 0.05), (0, 5, 1, 0.3)])
    tasks = next_click_tasks(log)
    assert tasks.targets.tolist() == [1, 2, 1, 3]
    assert tasks.position.tolist() == [0, 1, 2, 0]
    assert tasks.last.tolist() == [False, False, True, True]
    known_later = tasks.last_before(T0 + HOUR // 4)
    assert known_later.tolist() == [False, True, True, True], "what comes after the moment doesn't tell"
    assert (tasks.openings[:3] == T0).all()


def test_a_task_knows_the_session_so_far_and_what_came_before_the_hour() -> None:
    """User 0 reads 4 before the hour, 5 within it in another session, and then 1 → 2 → 3."""
    rows = [(0, 1, 4, -0.5), (0, 2, 5, 0.1), (0, 3, 1, 0.2), (0, 3, 2, 0.3, PHONE_DE), (0, 3, 3, 0.9)]
    log = tiny_log(rows)
    last = next_click_tasks(log).rows(np.array([4]))
    assert last.targets.tolist() == [3]
    (request,) = last.requests(log.histories, log.articles.ids)
    assert [click.article_id for click in request.history or ()] == [4, 1, 2]
    assert request.as_of == T0 + 0.3 * HOUR + 1, "the target's own time is no part of the task"
    assert request.overrides["os"] == 17, "the context is that of the session's first click"
    assert last.moments.tolist() == [T0]
    (alone,) = last.requests(log.histories, log.articles.ids, session_only=True)
    assert [click.article_id for click in alone.history or ()] == [1, 2]


def test_a_long_session_is_cut_to_twenty_clicks() -> None:
    log = tiny_log([(0, 1, step % 2, step / 100) for step in range(30)])
    tasks = next_click_tasks(log)
    assert len(tasks) == 20
    assert tasks.last.sum() == 1


def test_the_interval_is_over_groups() -> None:
    """Two groups of means 0 and 1, drawn with replacement: the mean is 0, .5 or 1. One group has no spread."""
    values, groups = np.array([0.0, 0.0, 1.0]), np.array([1, 1, 2])
    assert interval(values, groups) == (0.0, 1.0)
    assert interval(values, np.zeros(3, np.int64)) == pytest.approx((1 / 3, 1 / 3))
    many = np.repeat(np.arange(100), 3)
    low, high = interval((many % 2).astype(float), many)
    assert (low, high) == pytest.approx((0.5 - 0.098, 0.5 + 0.098), abs=0.02)


def test_coverage_diversity_and_novelty_by_hand() -> None:
    """Sections are the article modulo 3. Article 1 has half of the clicks, 2 and 4 a quarter each."""
    log = tiny_log([(0, 0, 1, 0.1), (1, 1, 1, 0.2), (2, 2, 2, 0.3), (3, 3, 4, 0.4)])
    lists = np.array([[1, 2], [1, 4], [2, -1]], np.int32)
    found = beyond_accuracy(lists, np.array([5, 5, 6]), log)
    assert found["coverage"] == (3 + 1) / 2
    assert found["diversity"] == 0.5, "1 and 2 differ; 1 and 4 are of one section"
    assert found["novelty"] == pytest.approx((1 + 2 + 1 + 2 + 2) / 5)


def test_segments_by_hand() -> None:
    rows = [(0, 1, 4, -0.5), (0, 3, 1, 0.2), (0, 3, 2, 0.3), (1, 4, 5, 0.1, PHONE_DE), (1, 4, 6, 0.2, PHONE_DE)]
    log = tiny_log(rows)
    tasks = next_click_tasks(log)
    cut = segments(tasks.rows(tasks.last & (tasks.position > 0)), log)
    assert cut["visitor"].tolist() == ["returning", "new"]
    assert cut["clicks before"].tolist() == ["1", "1"]
    assert cut["article age"].tolist() == ["unknown", "unknown"]
    assert cut["device"].tolist() == ["device 1", "device 3"]
