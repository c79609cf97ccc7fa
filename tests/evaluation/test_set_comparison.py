"""Two sets compared: by hand, and as it must be for any lists."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recsys.core.types import HOUR, Longs
from recsys.evaluation.set_comparison import Answered, SetComparison, compare, list_overlap, overlaps

LISTS = st.permutations(range(12)).map(lambda order: order[:8])


def answered(old: list[list[int]], new: list[list[int]], targets: list[int]) -> Answered:
    length = len(targets)
    return Answered(
        user_ids=np.arange(length),
        as_of=np.arange(length) * HOUR,
        targets=np.array(targets),
        segments={"visitor": np.array(["new", "returning"] * length)[:length]},
        old=np.array(old),
        new=np.array(new),
    )


def compared(questions: Answered) -> SetComparison:
    return compare(questions, "old", "new", "asked", [])


def test_overlap_by_hand() -> None:
    """P = .9: agreement 0 at depth 1 and 1 at depth 2, which goes on: .1 / .9 * .81 + .81 = .9."""
    assert overlaps(np.array([[1, 2]]), np.array([[2, 1]])).tolist() == pytest.approx([0.9])
    assert list_overlap([1, 2, 3], [1, 2, 3]) == pytest.approx(1.0)
    assert list_overlap([1], [2]) == 0.0
    assert list_overlap([], []) == 1.0
    assert list_overlap([1, 2], [1]) < 1


@given(LISTS, LISTS)
def test_overlap_is_a_share_and_treats_both_alike(these: list[int], those: list[int]) -> None:
    one, other = list_overlap(these, those), list_overlap(those, these)
    assert one == pytest.approx(other)
    assert -1e-9 <= one <= 1 + 1e-9
    assert (one == pytest.approx(1.0)) == (these == those)


def test_wins_differences_and_the_visits_that_differ_most() -> None:
    """The old set is right first twice, the new one once second: .5 worse by hit rate at 5 only where both differ."""
    found = compared(answered([[1, 2], [3, 4], [5, 6]], [[1, 2], [4, 3], [7, 8]], [1, 3, 5]))
    assert found.wins == {"new": 0, "old": 2, "alike": 1}
    assert found.metrics["hr@5"].old == 1.0
    assert found.metrics["hr@5"].new == pytest.approx(2 / 3, abs=1e-5)
    assert found.metrics["hr@5"].difference == pytest.approx(-1 / 3, abs=1e-5)
    assert [one.user_id for one in found.visits] == [2, 1], "the one that both answered alike is not among them"
    assert (found.visits[0].rank_old, found.visits[0].rank_new) == (1, 0)
    assert found.by_segment["visitor"]["new"].requests == 2


@pytest.mark.parametrize(("better", "verdict"), [(True, "B is better"), (False, "A is better")])
def test_worse_beyond_chance_and_tolerance_is_said_and_can_stop_a_release(better: bool, verdict: str) -> None:
    right, wrong = [[1, 2]] * 30, [[8, 9]] * 30
    lists = (wrong, right) if better else (right, wrong)
    found = compared(answered(*lists, [1] * 30))
    assert found.verdict("B", "A") == verdict
    assert found.is_worse(0.0) == (not better)
    assert not found.is_worse(1.0)


def test_a_difference_that_chance_explains_is_none() -> None:
    old: list[list[int]] = [[1, 2], [9, 8]] * 10
    new: list[list[int]] = [[9, 8], [1, 2]] * 10
    found = compared(answered(old, new, [1] * 20))
    assert found.verdict("B", "A") == "There is no difference beyond chance"
    assert not found.is_worse(0.0)


def test_the_same_lists_are_alike() -> None:
    ids: Longs = np.random.default_rng(1).permutation(40).reshape(2, 20)
    found = compared(answered(ids.tolist(), ids.tolist(), [int(ids[0, 3]), int(ids[1, 7])]))
    assert found.overlap == 1.0
    assert found.visits == []
    assert all(one.difference == 0 and one.interval == (0, 0) for one in found.metrics.values())
