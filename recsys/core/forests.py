"""LightGBM, and forests as text: the form in which they are kept."""

from __future__ import annotations

import re

from recsys.core.imports import without

with without("sklearn"):  # its wrappers are not used here, and loading them takes longer than everything else
    import lightgbm

__all__ = ["forest_text", "lightgbm"]


def forest_text(forest: lightgbm.Booster) -> str:
    """A forest as text, the same whatever number of threads there was to train it."""
    return re.sub(r"\[num_threads: \d+\]", "[num_threads: 1]", str(forest.model_to_string()))
