"""The cascade: what the first stage leaves is ordered by all features."""

import lightgbm
import numpy as np
import pytest

from recsys.bench.work import some_visitors
from recsys.core.entities import Request
from recsys.core.reasons import Reason
from recsys.engine.engine import Engine
from recsys.ranking.features.layout import matrix
from recsys.ranking.features.registry import FeatureGroup, make_feature
from recsys.ranking.pool import Pool
from recsys.ranking.reranker import Reranker, forest_text
from recsys.ranking.reranker_settings import RerankerSettings
from recsys.ranking.training_set import TrainingSet

TASKS, EACH = 400, 12
SETTINGS = RerankerSettings()
DEPTH = SETTINGS.rerank_depth


@pytest.fixture(scope="module")
def pool(engine: Engine) -> Pool:
    return engine.pool([*some_visitors(engine, 12), Request(history=())], engine.at(engine.end))


def test_the_best_of_the_glance_are_weighed(engine: Engine, pool: Pool) -> None:
    first_stage, ranking = engine.reranker.rank(pool, depth=0), engine.reranker.rank(pool)
    assert not first_stage.reranked.any()
    assert len(first_stage.features) == 0
    for visitor, (first, last) in enumerate(pool.spans()):
        left = first_stage.order[first : min(first + DEPTH, last)]
        assert set(left.tolist()) == set((first + np.flatnonzero(ranking.reranked[first:last])).tolist())
        assert set(ranking.order[first : first + len(left)].tolist()) == set(left.tolist()), "those come first"
        assert np.array_equal(ranking.order[first + len(left) : last], first_stage.order[first + len(left) : last])
        assert np.array_equal(ranking.of(visitor).features, ranking.features_of(np.sort(left)), equal_nan=True)


def test_what_is_reranked_is_ordered_by_all_features(engine: Engine, pool: Pool) -> None:
    ranking = engine.reranker.rank(pool)
    rows = np.flatnonzero(ranking.reranked)
    features = matrix(pool.only(rows), ranking.columns)
    assert np.array_equal(ranking.features, features, equal_nan=True)
    assert np.array_equal(ranking.scores[rows], engine.reranker.score(features))
    for first, last in pool.spans():
        mine = ranking.order[first:last][: ranking.reranked[first:last].sum()]
        assert (np.diff(ranking.scores[mine]) <= 0).all()


def test_what_the_first_stage_dropped_has_no_features(engine: Engine, pool: Pool) -> None:
    ranking = engine.reranker.rank(pool)
    with pytest.raises(AssertionError, match="no features"):
        ranking.features_of(ranking.order[[DEPTH]])


@pytest.mark.parametrize("features", [3, 40])
def test_the_first_stage_has_the_features_that_tell_most(features: int) -> None:
    """One column tells which article is opened, the others are noise; of few features it keeps them all."""
    rng = np.random.default_rng(7)
    values = rng.random((TASKS * EACH, features), np.float32)
    clicked = np.zeros((TASKS, EACH), np.int32)
    told = features - 1
    clicked[np.arange(TASKS), values[:, told].reshape(TASKS, EACH).argmax(axis=1)] = 1
    names = tuple(f"column_{number}" for number in range(features))
    columns = tuple(
        make_feature(lambda _: np.zeros(0), name, name, "", FeatureGroup("", Reason.TASTE)) for name in names
    )
    done: list[float] = []
    reranker = Reranker.train(
        SETTINGS, TrainingSet(values, clicked.ravel(), np.full(TASKS, EACH), 0.06), columns, done.append
    )
    first_stage = [column.name for column in reranker.first_stage_columns]
    assert len(first_stage) == min(features, SETTINGS.first_stage.features)
    assert first_stage == [name for name in names if name in first_stage]
    assert names[told] in first_stage
    assert reranker.feature_names == names
    assert done == sorted(done)
    assert done[-1] == pytest.approx(1)
    best = reranker.score(values).reshape(TASKS, EACH).argmax(axis=1)
    assert (clicked[np.arange(TASKS), best] == 1).mean() > 0.9


def test_a_forest_is_the_same_text_whatever_number_of_threads_there_was() -> None:
    """How many cores are free must not show in a set: the same log makes the same files."""
    rng = np.random.default_rng(7)
    values, clicked = rng.random((TASKS * EACH, 5), np.float32), rng.integers(0, 2, TASKS * EACH)
    texts = []
    for threads in (1, 2):
        data = lightgbm.Dataset(values, clicked, group=np.full(TASKS, EACH))
        texts.append(forest_text(lightgbm.train({**SETTINGS.lightgbm(), "num_threads": threads}, data, 20)))
    assert texts[0] == texts[1]
    assert lightgbm.Booster(model_str=texts[0]).num_trees() == 20
