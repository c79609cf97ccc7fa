import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from recsys.core.arrays import against, contains_at, different, from_tables, product, ranks_of


@given(st.lists(st.lists(st.integers(0, 5), min_size=3, max_size=3), max_size=6), st.integers(0, 5), st.integers(0, 3))
def test_the_rank_is_the_first_place_in_the_list(rows: list[list[int]], target: int, length: int) -> None:
    lists = np.array(rows, np.int32).reshape(-1, 3)[:, :length]
    targets = np.full(len(rows), target, np.int32)
    expected = [row[:length].index(target) + 1 if target in row[:length] else 0 for row in rows]
    assert ranks_of(targets, lists).tolist() == expected


@given(st.integers(1, 70), st.integers(1, 60), st.sampled_from([1, 7, 32, 64]), st.integers(0, 99))
def test_a_row_of_a_product_is_the_same_alone_and_in_any_batch(rows: int, inner: int, columns: int, seed: int) -> None:
    luck = np.random.default_rng(seed)
    left, right = (luck.normal(size=size).astype(np.float32) for size in ((rows, inner), (inner, columns)))
    found, one = product(left, right), int(luck.integers(rows))
    np.testing.assert_allclose(found, left.astype(float) @ right.astype(float), rtol=1e-3, atol=1e-5)
    assert np.array_equal(product(left[one:], right)[0], found[one])
    assert np.array_equal(product(np.tile(left, (20, 1)), right)[-rows:], found)
    assert np.array_equal(against(left[one : one + 1], right.T)[0], against(left, right.T)[one])


@given(st.integers(1, 40), st.integers(1, 150), st.sampled_from([1, 7, 64]), st.integers(0, 99))
def test_a_product_is_the_same_in_whatever_order_it_is_added_up(rows: int, inner: int, columns: int, seed: int) -> None:
    """So that no processor's way of multiplying can show: here the terms change places."""
    luck = np.random.default_rng(seed)
    left, right = (luck.normal(size=size).astype(np.float32) for size in ((rows, inner), (inner, columns)))
    order = luck.permutation(inner)
    assert np.array_equal(product(left[:, order], right[order]), product(left, right))


@given(st.lists(st.integers(-1, 5), min_size=1, max_size=8))
def test_the_different_values_and_which_is_which(values: list[int]) -> None:
    found, which = different(np.array(values, np.int32))
    assert found.tolist() == sorted(set(values))
    assert found[which].tolist() == values


@given(st.lists(st.sampled_from("abc"), max_size=4), st.data())
def test_every_row_is_looked_up_in_the_table_of_its_key(keys: list[str], data: st.DataObject) -> None:
    tables = {key: np.arange(5.0) + 10 * number for number, key in enumerate("abc")}
    some_row = st.integers(0, len(keys) - 1) if keys else st.nothing()
    pairs = data.draw(st.lists(st.tuples(some_row, st.integers(0, 4))))
    rows, places = np.array(pairs, np.int32).reshape(-1, 2).T
    assert from_tables(tables.__getitem__, keys, rows, places).tolist() == [tables[keys[r]][p] for r, p in pairs]


def test_a_key_after_the_last_is_not_there() -> None:
    known = np.array([2, 4])
    assert contains_at(known, np.array([2, 3, 5]), known.searchsorted([2, 3, 5])).tolist() == [True, False, False]
