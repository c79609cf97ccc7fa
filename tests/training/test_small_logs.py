"""How large a reranker a log can teach: smaller for small logs, one retriever's order where none learns more."""

from dataclasses import replace

import numpy as np
import pytest

from recsys.ranking.ensemble import DEFAULT
from recsys.ranking.reranker import Reranker, RerankerSettings
from recsys.ranking.training_set import TrainingSet
from recsys.training.small_logs import ENOUGH_TASKS, fitted_to

COLUMNS = tuple(one for one in DEFAULT.features if one.name in ("score_popularity", "score_als", "age", "visit"))
POPULARITY, ALS = ([one.name for one in COLUMNS].index(f"score_{name}") for name in ("popularity", "als"))
POOL = 30


def tasks(number: int, seed: int, follows: float) -> TrainingSet:
    """Tasks of which a share opened what is most popular, and the others what is least."""
    rng = np.random.default_rng(seed)
    features = rng.random((number, POOL, len(COLUMNS))).astype(np.float32)
    clicked = np.zeros((number, POOL), np.int32)
    popular = rng.random(number) < follows
    opened = np.where(popular, features[..., POPULARITY].argmax(axis=1), features[..., POPULARITY].argmin(axis=1))
    clicked[np.arange(number), opened] = 1
    return TrainingSet(features.reshape(-1, len(COLUMNS)), clicked.ravel(), np.full(number, POOL), 1.0)


def test_where_earlier_clicks_teach_what_later_ones_do_not_hold_to_one_retriever_orders_alone() -> None:
    spans = [tasks(200, 1, follows=0.0), tasks(200, 2, follows=1.0)]
    found = fitted_to(RerankerSettings(), spans, COLUMNS)
    assert found.only == "score_popularity"
    reranker = Reranker.train(found, TrainingSet.joined(spans), COLUMNS, lambda _: None)
    contributions = np.abs(reranker.contributions(spans[1].features[:POOL]))
    assert np.flatnonzero(contributions[:, :-1].sum(axis=0)).tolist() in ([POPULARITY], [])
    steady = tasks(300, 3, follows=0.9)
    scores = Reranker.train(found, steady, COLUMNS, lambda _: None).score(steady.features[:POOL])
    in_order = scores[np.argsort(steady.features[:POOL, POPULARITY])]
    assert (np.diff(in_order) >= 0).all(), "the more popular is never lower"


def test_where_several_features_tell_the_forest_is_better_than_each_alone() -> None:
    def both(seed: int) -> TrainingSet:
        made = tasks(600, seed, follows=1.0)
        values = made.features.reshape(600, POOL, -1)
        clicked = np.zeros((600, POOL), np.int32)
        clicked[np.arange(600), (values[..., POPULARITY] + values[..., ALS]).argmax(axis=1)] = 1
        return replace(made, clicked=clicked.ravel())

    assert fitted_to(RerankerSettings(), [both(1), both(2)], COLUMNS).only is None


def test_one_span_is_cut_to_ask_its_later_tasks() -> None:
    span = TrainingSet.joined([tasks(200, 1, follows=0.0), tasks(100, 2, follows=1.0)])
    assert fitted_to(RerankerSettings(), [span], COLUMNS).only == "score_popularity"


@pytest.mark.parametrize("spans", [[], [tasks(5, 1, 1.0), tasks(5, 2, 1.0)]])
def test_too_few_tasks_to_ask_change_nothing(spans: list[TrainingSet]) -> None:
    assert fitted_to(RerankerSettings(), spans, COLUMNS) == RerankerSettings()


def test_a_log_that_teaches_enough_is_not_asked() -> None:
    assert fitted_to(RerankerSettings(), [tasks(ENOUGH_TASKS, 1, 0.0), tasks(100, 2, 1.0)], COLUMNS).only is None
