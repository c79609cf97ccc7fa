"""A small neural network that scores rows of features; NumPy alone, as it is served."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from recsys.core.arrays import on_grid, product
from recsys.core.types import Arrays, Doubles, Floats

FARTHEST = np.float32(4)
"""Inputs are cut off at so many standard deviations, so that what training has never seen does no harm."""
STEPS = 32
"""Of the integral in ``contributions``."""


@dataclass(frozen=True, eq=False)
class Network:
    """Layers of rectified linear units over features, each on a logarithmic scale and standardized.

    Attributes:
        means: of the features on their scale, shape (features,).
        deviations: their standard deviations, likewise.
        weights: of each layer, shape (inputs, outputs); the last has one output.
        biases: of each layer, shape (outputs,).
    """

    means: Floats
    deviations: Floats
    weights: tuple[Floats, ...]
    biases: tuple[Floats, ...]

    def score(self, features: Floats) -> Floats:
        """The score of each row, with the same bits alone and in any batch; shapes (rows, features) to (rows,)."""
        *hidden, last = zip(self._exact_weights, self.biases, strict=True)
        units = self.inputs(features)
        for weights, biases in hidden:
            units = product(units, weights)
            units += biases
            np.maximum(units, 0, out=units)
        weights, biases = last
        return np.asarray((product(units, weights) + biases)[:, 0])

    def inputs(self, features: Floats) -> Floats:
        """What the first layer sees, shape (rows, features): 0 is an average row."""
        far = on_scale(features)
        far -= self.means
        far /= self.deviations
        np.minimum(far, FARTHEST, out=far)
        return np.maximum(far, -FARTHEST, out=far)

    def contributions(self, features: Floats) -> Doubles:
        """What each feature adds to each row's ``score``, and last the score of an average row; (rows, features + 1).

        Integrated gradients from the average row (Sundararajan et al., "Axiomatic attribution for deep networks", ICML
        2017), which sum up to the score; what is lost as the integral is a sum of ``STEPS`` is shared out.
        """
        inputs = self.inputs(features).astype(float, order="C")  # sums that don't depend on how features lie in memory
        slopes = np.zeros_like(inputs)
        for share in (np.arange(STEPS) + 0.5) / STEPS:
            slopes += self._slopes(share * inputs)
        added = inputs * slopes / STEPS
        start = float(self._layers(np.zeros((1, inputs.shape[1])))[-1][0, 0])
        lost = self._layers(inputs)[-1][:, 0] - start - added.sum(axis=1)
        # By what each adds; where the sum has met no slope at all, by how strongly the first layer reads each.
        weight = np.abs(added) + 1e-6 * np.abs(inputs) * np.abs(self.weights[0]).sum(axis=1)
        added += lost[:, None] * weight / np.maximum(weight.sum(axis=1, keepdims=True), 1e-12)
        return np.column_stack([added, np.full(len(inputs), start)])

    def state(self) -> Arrays:
        """The arrays, by name."""
        layers = {f"weights_{number}": one for number, one in enumerate(self.weights)}
        layers |= {f"biases_{number}": one for number, one in enumerate(self.biases)}
        return {"means": self.means, "deviations": self.deviations, **layers}

    @classmethod
    def from_state(cls, state: Mapping[str, Floats]) -> Network:
        """The network that ``state`` is of."""
        numbers = range((len(state) - 2) // 2)
        weights = tuple(state[f"weights_{number}"] for number in numbers)
        return cls(state["means"], state["deviations"], weights, tuple(state[f"biases_{number}"] for number in numbers))

    @cached_property
    def _exact_weights(self) -> list[Doubles]:
        return [on_grid(weights) for weights in self.weights]

    def _layers(self, inputs: Doubles) -> list[Doubles]:
        """What each layer gives, before its units are rectified."""
        given, units = [], inputs
        for weights, biases in zip(self.weights, self.biases, strict=True):
            given.append(units @ weights.astype(float) + biases)
            units = np.maximum(given[-1], 0.0)
        return given

    def _slopes(self, inputs: Doubles) -> Doubles:
        """By how much the score rises with each input, shape (rows, inputs)."""
        given = self._layers(inputs)
        slopes = np.ones((len(inputs), 1))
        for weights, below in zip(self.weights[:0:-1], given[-2::-1], strict=True):
            slopes = (slopes @ weights.T.astype(float)) * (below > 0)
        return np.asarray(slopes @ self.weights[0].T.astype(float))


def on_scale(features: Floats) -> Floats:
    """Counts, hours and shares on one scale: the logarithm of 1 + the size, with the sign; 0 for what is missing."""
    sizes = np.abs(features)  # laid out in memory as the features are, which is twice as fast as the other way
    sizes += 1
    np.log(sizes, out=sizes)
    np.copysign(sizes, features, out=sizes)
    np.copyto(sizes, 0, where=np.isnan(sizes))
    return sizes
