import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from recsys.core.selection import SAMPLED, falling, largest
from recsys.core.types import Floats


def sorted_places(values: Floats) -> list[int]:
    """By falling value, equal ones by place."""
    order = np.argsort(-values, kind="stable")
    return order[values[order] > -np.inf].tolist()


@given(
    st.lists(st.tuples(st.integers(1, 50), st.integers(0, 60), st.integers(1, 9)), min_size=1, max_size=5),
    st.integers(0, 400),
    st.integers(0, 99),
)
def test_the_largest_are_the_first_of_a_stable_sort(rows: list[tuple[int, int, int]], length: int, seed: int) -> None:
    """With many ties, negative zeros, rows that hardly have values, and fewer of one row than of another."""
    luck = np.random.default_rng(seed)
    values = np.array([luck.integers(-3, 9, length) * spread for spread, _, _ in rows], np.float32) * -1
    for row, (_, _, known) in zip(values, rows, strict=True):
        row[luck.random(length) * 9 > known] = -np.inf
    most = np.array([most for _, most, _ in rows])
    places, there = largest(values, most)
    for number, row in enumerate(values):
        found = (places[number][there[number]] - number * length).tolist()
        assert found == sorted_places(row)[: most[number]]


def test_a_sample_that_misleads_changes_nothing() -> None:
    """What is looked at to guess the bound has the largest values, or none of them."""
    values = np.zeros((2, 50 * SAMPLED), np.float32)
    values[0, ::SAMPLED] = np.arange(50) + 1
    values[1] = np.arange(50 * SAMPLED) % SAMPLED
    places, there = largest(values, np.array([100, 100]))
    assert there.all()
    assert [(found - row * 50 * SAMPLED).tolist() for row, found in enumerate(places)] == [
        sorted_places(row)[:100] for row in values
    ]


@given(st.lists(st.lists(st.sampled_from([-2.5, -0.0, 0.0, 1e-30, 1.0, 7.0])), max_size=5))
def test_each_span_is_a_stable_sort(spans: list[list[float]]) -> None:
    starts = np.cumsum([0, *map(len, spans)])
    values = np.array([one for span in spans for one in span], np.float32)
    expected = [
        int(start) + place
        for start, span in zip(starts[:-1], spans, strict=True)
        for place in np.argsort(-np.array(span, np.float32), kind="stable")
    ]
    assert falling(values, starts).tolist() == expected
