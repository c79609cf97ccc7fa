import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from recsys.core.arrays import ranks_of, stable_order


@given(st.lists(st.lists(st.integers(0, 5), min_size=3, max_size=3), max_size=6), st.integers(0, 5), st.integers(0, 3))
def test_the_rank_is_the_first_place_in_the_list(rows: list[list[int]], target: int, length: int) -> None:
    lists = np.array(rows, np.int32).reshape(-1, 3)[:, :length]
    targets = np.full(len(rows), target, np.int32)
    expected = [row[:length].index(target) + 1 if target in row[:length] else 0 for row in rows]
    assert ranks_of(targets, lists).tolist() == expected


@given(st.lists(st.integers(0, (1 << 32) - 1)))
def test_a_radix_sort_is_a_stable_sort(values: list[int]) -> None:
    found = stable_order(np.array(values, np.int64))
    assert found.tolist() == np.argsort(np.array(values, np.int64), kind="stable").tolist()
