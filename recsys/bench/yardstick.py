"""Two fixed tasks that are timed in the same run: what a figure is on another machine can be told by them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import lightgbm
import numpy as np

ROWS, COLUMNS, TREES, LEAVES = 1_000, 50, 100, 31
VALUES = 50_000


def yardsticks() -> dict[str, Callable[[], object]]:
    """By the library that each is a task for: what a request does, on data that never change."""
    luck = np.random.default_rng(0)
    values, places = luck.random(VALUES), luck.integers(0, VALUES, VALUES)
    vectors = luck.normal(size=(VALUES // COLUMNS, COLUMNS)).astype(np.float32)

    def with_numpy() -> Any:
        looked_up = values.take(places)
        summed = np.bincount(places, looked_up, VALUES)
        best = np.partition(summed, VALUES // 2)
        return best.sum() + (vectors @ vectors[:COLUMNS].T).max() + values.argsort(kind="stable")[0]

    clicked = (vectors[:, 0] * vectors[:, 1] + vectors[:, 2] > 0).astype(np.int32)
    settings = {"objective": "binary", "num_leaves": LEAVES, "num_threads": 1, "verbosity": -1, "deterministic": True}
    forest = lightgbm.train(settings, lightgbm.Dataset(vectors[:ROWS], clicked[:ROWS]), TREES)

    def with_lightgbm() -> Any:
        return forest.predict(vectors[:ROWS], num_threads=1)

    return {"NumPy": with_numpy, "LightGBM": with_lightgbm}
