"""Trains a network to give the highest score to the article that was opened, task after task.

A softmax over the rows of each task (ListNet with one relevant row: Cao et al., "Learning to rank: from pairwise
approach to listwise approach", ICML 2007), by AdamW (Loshchilov & Hutter, "Decoupled weight decay regularization",
ICLR 2019) with a step size that first rises, then falls. NumPy is enough for so small a network, and makes training
need no more than serving does.
"""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
from pydantic import NonNegativeFloat, PositiveFloat, PositiveInt

from recsys.core.progress import Report
from recsys.core.settings import Settings
from recsys.core.types import Floats, Ints, Longs
from recsys.ranking.network import FARTHEST, Network, on_scale
from recsys.ranking.training_set import TrainingSet

CHUNK = 100_000
"""So many rows at once are looked at for their means and deviations."""
LEAST_STEPS = 50
"""Of an epoch: where there are few tasks, fewer make a step."""
MEAN_DECAY, SQUARE_DECAY = np.float32(0.9), np.float32(0.999)
TINY = np.float32(1e-8)
RISE = 0.3
"""The share of all steps in which the step size rises."""


class NetworkSettings(Settings):
    """The shape of a network, and how it is trained."""

    hidden: tuple[PositiveInt, ...] = (128, 64)
    """Units of each layer but the last."""
    epochs: PositiveInt = 12
    tasks_per_step: PositiveInt = 125
    learning_rate: PositiveFloat = 5e-3
    """The largest."""
    weight_decay: NonNegativeFloat = 0.03
    seed: int = 7


def train_network(settings: NetworkSettings, rows: TrainingSet, columns: Longs, report: Report) -> Network:
    """A network over some columns of the rows; the same rows give the same weights."""
    rng = np.random.default_rng(settings.seed)
    means, deviations = _moments(rows, columns)
    sizes = [len(columns), *settings.hidden, 1]
    weights = [_uniform(rng, before, (before, after)) for before, after in pairwise(sizes)]
    biases = [_uniform(rng, before, (after,)) for before, after in pairwise(sizes)]
    tasks = max(min(settings.tasks_per_step, len(rows.sizes) // LEAST_STEPS), 1)
    ends = rows.sizes.cumsum()
    firsts = np.arange(0, len(rows.sizes), tasks)
    order = np.concatenate([rng.permutation(firsts) for _ in range(settings.epochs)])
    network = Network(means, deviations, tuple(weights), tuple(biases))  # whose arrays are changed in place
    inputs = _inputs(network, rows, columns)
    optimizer = _AdamW([*weights, *biases], settings.weight_decay)
    for step, first in enumerate(order.tolist()):
        sizes_now = rows.sizes[first : first + tasks]
        last = int(ends[first + len(sizes_now) - 1])
        mine = slice(last - int(sizes_now.sum()), last)
        optimizer.step(
            _gradients(network, inputs[mine], rows.clicked[mine], sizes_now),
            settings.learning_rate * _pace((step + 1) / len(order)),
        )
        report((step + 1) / len(order))
    return network


def _inputs(network: Network, rows: TrainingSet, columns: Longs) -> Floats:
    """What the first layer sees of all rows, which every epoch goes through."""
    found = np.empty((len(rows), len(columns)), np.float32)
    for first in range(0, len(rows), CHUNK):
        found[first : first + CHUNK] = network.inputs(rows.features[first : first + CHUNK][:, columns])
    return found


def _gradients(network: Network, inputs: Floats, clicked: Ints, sizes: Longs) -> list[Floats]:
    """Of the mean loss of some tasks: for the weights of each layer, then for its biases."""
    units, given = [inputs], inputs
    for number, (weights, biases) in enumerate(zip(network.weights, network.biases, strict=True)):
        given = units[-1] @ weights + biases
        if number < len(network.weights) - 1:
            units.append(np.maximum(given, np.float32(0)))
    scores, starts = given[:, 0], sizes.cumsum() - sizes
    task = np.arange(len(sizes)).repeat(sizes)
    odds = np.exp(scores - np.maximum.reduceat(scores, starts)[task])
    shares = odds / np.add.reduceat(odds, starts)[task]
    back = ((shares - clicked) / np.float32(len(sizes))).astype(np.float32)[:, None]
    of_weights: list[Floats] = []
    of_biases: list[Floats] = []
    for number in range(len(network.weights) - 1, -1, -1):
        of_weights.insert(0, units[number].T @ back)
        of_biases.insert(0, back.sum(axis=0))
        if number:
            back = (back @ network.weights[number].T) * (units[number] > 0)
    return [*of_weights, *of_biases]


class _AdamW:
    """Changes parameters in place."""

    def __init__(self, parameters: list[Floats], decay: float) -> None:
        self.parameters, self.decay, self.steps = parameters, decay, 0
        self.means = [np.zeros_like(one) for one in parameters]
        self.squares = [np.zeros_like(one) for one in parameters]

    def step(self, gradients: list[Floats], rate: float) -> None:
        """One step of the size ``rate``."""
        self.steps += 1
        near = np.float32(rate / (1 - float(MEAN_DECAY) ** self.steps))
        far = np.float32(1 / (1 - float(SQUARE_DECAY) ** self.steps))
        for one, gradient, mean, square in zip(self.parameters, gradients, self.means, self.squares, strict=True):
            mean += (1 - MEAN_DECAY) * (gradient - mean)
            square += (1 - SQUARE_DECAY) * (gradient * gradient - square)
            one *= np.float32(1 - rate * self.decay)
            one -= near * mean / (np.sqrt(square * far) + TINY)


def _pace(done: float) -> float:
    """The step size as a share of the largest: up in half a wave, and down in another."""
    rising = done < RISE
    phase = done / RISE if rising else (1 - done) / (1 - RISE)
    return max(0.5 - 0.5 * math.cos(math.pi * phase), 1e-3)


def _moments(rows: TrainingSet, columns: Longs) -> tuple[Floats, Floats]:
    """The mean and the standard deviation of each column on its scale."""
    total, squares = np.zeros(len(columns)), np.zeros(len(columns))
    for first in range(0, len(rows), CHUNK):
        some = on_scale(rows.features[first : first + CHUNK][:, columns]).astype(float)
        total += some.sum(axis=0)
        squares += (some * some).sum(axis=0)
    means = total / len(rows)
    deviations = np.sqrt(np.maximum(squares / len(rows) - means * means, 0))
    return means.astype(np.float32), np.maximum(deviations, 1 / FARTHEST**5).astype(np.float32)


def _uniform(rng: np.random.Generator, inputs: int, shape: tuple[int, ...]) -> Floats:
    """As PyTorch begins: evenly drawn, the wider the fewer inputs there are."""
    bound = 1 / math.sqrt(inputs)
    return rng.uniform(-bound, bound, shape).astype(np.float32)
