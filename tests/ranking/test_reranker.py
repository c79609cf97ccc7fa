"""The cascade: what the small forest leaves, the large one orders by all features."""

import numpy as np
import pytest

from recsys.bench.work import some_visitors
from recsys.core.entities import Request
from recsys.engine.engine import Engine
from recsys.ranking.features.registry import matrix
from recsys.ranking.pool import Pool
from recsys.ranking.reranker import GLANCE_FEATURES, WEIGHED, Reranker
from recsys.ranking.training_set import TrainingSet

QUESTIONS, EACH = 400, 12


@pytest.fixture(scope="module")
def pool(engine: Engine) -> Pool:
    return engine.pool([*some_visitors(engine, 12), Request(history=())], engine.at(engine.end))


def test_the_best_of_the_glance_are_weighed(engine: Engine, pool: Pool) -> None:
    assert engine.reranker is not None
    glance, ranking = engine.reranker.rank(pool, most=0), engine.reranker.rank(pool)
    assert not glance.reranked.any()
    assert len(glance.features) == 0
    for visitor, (first, last) in enumerate(pool.spans()):
        left = glance.order[first : min(first + WEIGHED, last)]
        assert set(left.tolist()) == set((first + np.flatnonzero(ranking.reranked[first:last])).tolist())
        assert set(ranking.order[first : first + len(left)].tolist()) == set(left.tolist()), "those come first"
        assert np.array_equal(ranking.order[first + len(left) : last], glance.order[first + len(left) : last])
        assert np.array_equal(ranking.of(visitor).features, ranking.features_of(np.sort(left)), equal_nan=True)


def test_what_is_weighed_is_ordered_by_all_features(engine: Engine, pool: Pool) -> None:
    assert engine.reranker is not None
    ranking = engine.reranker.rank(pool)
    rows = np.flatnonzero(ranking.reranked)
    features = matrix(pool.only(rows), ranking.feature_names)
    assert np.array_equal(ranking.features, features, equal_nan=True)
    assert np.array_equal(ranking.scores[rows], engine.reranker.score(features))
    for first, last in pool.spans():
        mine = ranking.order[first:last][: ranking.reranked[first:last].sum()]
        assert (np.diff(ranking.scores[mine]) <= 0).all()


def test_what_was_sorted_out_has_no_features(engine: Engine, pool: Pool) -> None:
    assert engine.reranker is not None
    ranking = engine.reranker.rank(pool)
    with pytest.raises(AssertionError, match="no features"):
        ranking.features_of(ranking.order[[WEIGHED]])


@pytest.mark.parametrize("features", [3, 40])
def test_the_glance_looks_at_what_tells_most(features: int) -> None:
    """One column tells which article is opened, the others are noise; a recipe of few features keeps them all."""
    rng = np.random.default_rng(7)
    values = rng.random((QUESTIONS * EACH, features), np.float32)
    clicked = np.zeros((QUESTIONS, EACH), np.int32)
    told = features - 1
    clicked[np.arange(QUESTIONS), values[:, told].reshape(QUESTIONS, EACH).argmax(axis=1)] = 1
    names = tuple(f"column_{number}" for number in range(features))
    done: list[float] = []
    reranker = Reranker.train(TrainingSet(values, clicked.ravel(), np.full(QUESTIONS, EACH)), names, done.append)
    assert len(reranker.glance_names) == min(features, GLANCE_FEATURES)
    assert list(reranker.glance_names) == [name for name in names if name in reranker.glance_names]
    assert names[told] in reranker.glance_names
    assert reranker.feature_names == names
    assert done == sorted(done)
    assert done[-1] == pytest.approx(1)
    best = reranker.score(values).reshape(QUESTIONS, EACH).argmax(axis=1)
    assert (clicked[np.arange(QUESTIONS), best] == 1).mean() > 0.9
