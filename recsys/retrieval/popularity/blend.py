"""A list that several families of contexts fill by turns."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice

import numpy as np

from recsys.core.types import Doubles

BLOCK = 10
"""Places that are shared out at a time."""


def blended(shares: Mapping[str, Doubles], places: Sequence[tuple[str, int]], size: int) -> list[tuple[int, str]]:
    """Up to ``size`` positions, each with the family that filled the place.

    ``shares`` are those of every position, by family, shape (positions,), 0 where it must not be filled from there. Of
    every ten places each family fills as many as ``places`` says, with its best that have none yet; the overall list
    fills the rest. The list ends where a block can't be filled.
    """
    order = {family: iter(_descending(some)) for family, some in shares.items()}
    taken: dict[int, str] = {}
    while len(taken) < size:
        block_ends = len(taken) + BLOCK
        for family, n in places:
            _fill(taken, order[family], family, n)
        _fill(taken, order["overall"], "overall", max(block_ends - len(taken), 0))
        if len(taken) < block_ends:
            break
    return list(taken.items())[:size]


def _descending(shares: Doubles) -> list[int]:
    order = np.argsort(-shares, kind="stable")
    return order[: np.count_nonzero(shares > 0)].tolist()


def _fill(taken: dict[int, str], order: Iterator[int], family: str, places: int) -> None:
    """Give up to ``places`` places to the next articles of a list that have none yet."""
    unplaced = (position for position in order if position not in taken)
    for position in islice(unplaced, places):
        taken[position] = family
