import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recsys.core.arrays import pair_keys
from recsys.core.types import HOUR
from recsys.retrieval.decayed_counts import DecayedCounts
from tests.helpers import T0

events = st.lists(
    st.tuples(st.integers(0, 3), st.integers(0, 4), st.integers(0, 6 * HOUR - 1), st.floats(0.1, 2.0)), max_size=40
)


def count(log: list[tuple[int, int, int, float]], stops: list[int], floor: float = 0.0) -> DecayedCounts:
    """Advance over events (row, item, ms, weight) with a stop at each of some moments."""
    log = sorted(log, key=lambda event: event[2])
    keys = pair_keys(np.array([e[0] for e in log]), np.array([e[1] for e in log], np.int64))
    times = T0 + np.array([e[2] for e in log], np.int64)
    weights = np.array([[e[3] for e in log]])
    counts = DecayedCounts.start((0.5, 2.0), T0, floor)
    for stop in stops:
        new = (times >= counts.moment) & (times < T0 + stop)
        counts = counts.advance(keys[new], times[new], weights[:, new], T0 + stop)
    return counts


def test_a_click_counts_half_after_its_half_life() -> None:
    counts = count([(1, 4, HOUR, 1.0), (1, 3, HOUR, 2.0)], [3 * HOUR])
    assert counts.lookup(1, np.array([4], np.int32))[:, 0] == pytest.approx([2**-4, 2**-1])
    items, values = counts.row(1)
    assert items.tolist() == [3, 4]
    assert values[1] == pytest.approx([1.0, 0.5])
    assert counts.lookup(2, np.array([4], np.int32)).sum() == 0
    assert counts.totals_of(np.array([0, 1]))[1] == pytest.approx([0, 1.5])
    assert counts.sums_by_row(1, 3) == pytest.approx([0, 1.5, 0])
    assert counts.sums_by_item(1, 6) == pytest.approx([0, 0, 0, 1.0, 0.5, 0])


@given(events, st.lists(st.integers(0, 6 * HOUR), max_size=6))
def test_in_steps_or_in_one_go_to_the_last_bit(log: list[tuple[int, int, int, float]], stops: list[int]) -> None:
    end = 6 * HOUR
    one_go, in_steps = count(log, [end], 0.1), count(log, [*sorted(stops), end], 0.1)
    assert np.array_equal(one_go.table.keys, in_steps.table.keys)
    assert np.array_equal(one_go.table.values, in_steps.table.values)
    assert one_go.anchor == in_steps.anchor
    for one in (one_go.sums_by_row, one_go.sums_by_item):
        assert np.array_equal(one(0, 9), getattr(in_steps, one.__name__)(0, 9)), one.__name__


@given(events)
def test_single_pairs_whole_rows_and_sums_agree(log: list[tuple[int, int, int, float]]) -> None:
    """Also between two steps, where part of it lies in the small table."""
    counts = count(log, [6 * HOUR - HOUR // 2])
    pairs = np.array([[counts.lookup(row, np.arange(5, dtype=np.int32))] for row in range(4)])[:, 0]  # (rows, 2, items)
    of, items, values = counts.parts(np.arange(4))
    summed = np.zeros_like(pairs)
    np.add.at(summed, (of, slice(None), items), values.T)
    assert summed == pytest.approx(pairs)
    of, items, values = counts.rows(np.arange(4))
    dense = np.zeros((4, 2, 5))
    dense[of, :, items] = values.T
    assert dense == pytest.approx(pairs)
    assert (np.diff(of * 5 + items) > 0).all(), "rows one after the other, items ascending"
    assert counts.totals_of(np.arange(4)) == pytest.approx(pairs.sum(axis=2).T)
    for channel in range(2):
        assert counts.sums_by_row(channel, 4) == pytest.approx(pairs[:, channel].sum(axis=1))
        assert counts.sums_by_item(channel, 5) == pytest.approx(pairs[:, channel].sum(axis=0))


def test_a_gap_costs_what_lies_in_it_and_not_its_length() -> None:
    """Ten thousand years go by, hour by hour, in no time."""
    before = count([(0, 1, 0, 1.0)], [HOUR], floor=0.01)
    end = T0 + 10_000 * 365 * 24 * HOUR
    after = before.advance(np.array([5]), np.array([end - 1]), np.ones((1, 1)), end)
    assert after.lookup(0, np.array([1, 5], np.int32))[0] == pytest.approx([0, 1], abs=1e-6)
    assert end - HOUR < after.anchor <= end


@given(events)
def test_the_sum_is_the_formula(log: list[tuple[int, int, int, float]]) -> None:
    counts = count(log, [6 * HOUR])
    for row in range(4):
        for item in range(5):
            ages = [(6 * HOUR - ms) / HOUR for r, i, ms, _ in log if (r, i) == (row, item)]
            weights = [w for r, i, _, w in log if (r, i) == (row, item)]
            expected = [sum(w * 2 ** (-a / h) for a, w in zip(ages, weights, strict=True)) for h in (0.5, 2.0)]
            assert counts.lookup(row, np.array([item], np.int32))[:, 0] == pytest.approx(expected)


def test_what_has_decayed_is_forgotten_and_the_rest_stays() -> None:
    counts = count([(0, 1, 0, 1.0), (0, 2, 5 * HOUR, 1.0)], [8 * HOUR], floor=0.2)
    assert counts.row(0)[0].tolist() == [2]


def test_an_older_state_stays_as_it_was() -> None:
    first = count([(0, 1, 0, 1.0)], [HOUR])
    before = first.table.values.copy()
    first.advance(np.array([1]), np.array([T0 + HOUR]), np.ones((1, 1)), T0 + 2 * HOUR)
    assert np.array_equal(first.table.values, before)
