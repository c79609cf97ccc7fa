"""The small networks of the reranker."""

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recsys.core.types import Floats
from recsys.ranking.network import FARTHEST, Network, on_scale
from recsys.ranking.network_training import NetworkSettings, _gradients, train_network
from recsys.ranking.training_set import TrainingSet

TASKS, EACH = 300, 10
SETTINGS = NetworkSettings(hidden=(16, 8), epochs=10, tasks_per_step=20)


def made_up(seed: int = 7, sizes: tuple[int, ...] = (5, 8, 4, 1)) -> Network:
    rng = np.random.default_rng(seed)
    shapes = list(pairwise(sizes))
    weights = tuple(rng.normal(size=shape).astype(np.float32) for shape in shapes)
    biases = tuple(rng.normal(size=after).astype(np.float32) for _, after in shapes)
    return Network(
        rng.normal(size=sizes[0]).astype(np.float32), rng.uniform(0.5, 2, sizes[0]).astype(np.float32), weights, biases
    )


def rows_of(seed: int, number: int) -> Floats:
    features = (np.random.default_rng(seed).normal(size=(number, 5)) * 3).astype(np.float32)
    features[::3, 1] = np.nan
    return features


def test_a_score_by_hand() -> None:
    """One feature of 3, mean 1, deviation .5: the input is (log 4 - 1) / .5 = .7726, which two units see.

    The first gives .7726 + .1 = .8726; the second gives -.7726, which is rectified to 0: 2 x .8726 + .5 = 2.2452.
    """
    weights = (np.array([[1.0, -1.0]], np.float32), np.array([[2.0], [9.0]], np.float32))
    biases = (np.array([0.1, 0.0], np.float32), np.array([0.5], np.float32))
    network = Network(np.array([1.0], np.float32), np.array([0.5], np.float32), weights, biases)
    assert network.score(np.array([[3.0]], np.float32)) == pytest.approx([2.2452], abs=1e-4)
    added, start = network.contributions(np.array([[3.0]], np.float32))[0]
    assert start == pytest.approx(2 * 0.1 + 0.5)
    assert added == pytest.approx(2 * 0.7726, abs=1e-3)


def test_the_scale_keeps_the_sign_and_takes_what_is_missing_for_nothing() -> None:
    found = on_scale(np.array([-3.0, 0.0, np.nan, math.e - 1], np.float32))
    assert found == pytest.approx([-math.log(4), 0.0, 0.0, 1.0])
    assert made_up().inputs(np.full((1, 5), 1e30, np.float32)).max() == FARTHEST


@given(st.integers(0, 1000), st.integers(1, 60), st.integers(0, 59))
def test_a_row_has_the_same_score_alone_and_in_any_batch(seed: int, number: int, row: int) -> None:
    network, features = made_up(), rows_of(seed, number)
    row %= number
    assert network.score(features)[row] == network.score(features[row : row + 1])[0]
    assert np.array_equal(network.score(np.asfortranarray(features)), network.score(features))


@given(st.integers(0, 1000))
def test_contributions_sum_up_to_the_score(seed: int) -> None:
    network, features = made_up(seed), rows_of(seed, 20)
    assert network.contributions(features).sum(axis=1) == pytest.approx(network.score(features), abs=1e-4)


def test_what_changes_nothing_contributes_nothing() -> None:
    network = made_up()
    network.weights[0][2] = 0
    added = network.contributions(rows_of(7, 20))
    assert (added[:, 2] == 0).all()
    assert (added[:, 0] != 0).any()


def test_it_is_kept_as_arrays() -> None:
    network, features = made_up(), rows_of(7, 20)
    assert np.array_equal(Network.from_state(network.state()).score(features), network.score(features))


def test_gradients_are_those_of_the_loss() -> None:
    """Against differences of the loss, weight by weight."""
    network, sizes = made_up(), np.array([4, 6])
    inputs = network.inputs(rows_of(7, 10))
    clicked = np.array([1, 0, 0, 0, 0, 0, 1, 0, 0, 0], np.int32)

    def loss() -> float:
        units = inputs.astype(float)
        for weights, biases in zip(network.weights[:-1], network.biases[:-1], strict=True):
            units = np.maximum(units @ weights + biases, 0)
        scores = (units @ network.weights[-1] + network.biases[-1])[:, 0]
        parts = (scores[:4], scores[4:])
        return float(np.mean([math.log(np.exp(p).sum()) - p[at] for p, at in zip(parts, (0, 2), strict=True)]))

    parameters = [*network.weights, *network.biases]
    for parameter, gradient in zip(parameters, _gradients(network, inputs, clicked, sizes), strict=True):
        for at in np.ndindex(parameter.shape):
            was = parameter[at]
            parameter[at] = was + 1e-3
            above = loss()
            parameter[at] = was - 1e-3
            assert gradient[at] == pytest.approx((above - loss()) / 2e-3, abs=2e-3)
            parameter[at] = was


def tasks(seed: int = 7) -> TrainingSet:
    """In each task that row is clicked in which the product of two columns is largest; a third is noise."""
    values = np.random.default_rng(seed).normal(size=(TASKS * EACH, 3)).astype(np.float32)
    clicked = np.zeros((TASKS, EACH), np.int32)
    clicked[np.arange(TASKS), (values[:, 0] * values[:, 1]).reshape(TASKS, EACH).argmax(axis=1)] = 1
    return TrainingSet(values, clicked.ravel(), np.full(TASKS, EACH), 1.0)


def test_it_learns_what_no_single_column_tells_and_always_the_same() -> None:
    done: list[float] = []
    rows, asked = tasks(), tasks(8)
    network = train_network(SETTINGS, rows, np.arange(3), done.append)
    best = network.score(asked.features).reshape(TASKS, EACH).argmax(axis=1)
    assert (asked.clicked.reshape(TASKS, EACH)[np.arange(TASKS), best] == 1).mean() > 0.7
    assert done == sorted(done)
    assert done[-1] == 1
    again = train_network(SETTINGS, rows, np.arange(3), lambda _: None)
    assert all(np.array_equal(one, again.state()[name]) for name, one in network.state().items())


def test_a_single_task_is_enough_to_learn_from_and_a_column_that_never_varies_does_no_harm() -> None:
    features = np.array([[1.0, 5.0], [2.0, 5.0]], np.float32)
    rows = TrainingSet(features, np.array([0, 1], np.int32), np.array([2]), 1.0)
    network = train_network(NetworkSettings(epochs=60), rows, np.arange(2), lambda _: None)
    low, high = network.score(features)
    assert high > low
    assert np.isfinite(network.score(np.array([[1.0, 9.0]], np.float32))).all()
