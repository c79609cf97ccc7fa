"""Who and what is shown, by hand."""

import numpy as np
import pytest

from recsys.artifacts.store import LoadedSet
from recsys.backtest.policy_price import KeptVisits
from recsys.core.entities import CONTEXT_FIELDS
from recsys.core.policy import NO_POLICY, Policy
from recsys.core.types import PAD
from recsys.evaluation.exposure import Exposure, Opened, by_rank, jensen_shannon
from recsys.evaluation.policy_price import VisitLists
from recsys.policy.rules.calibration import Calibration
from recsys.policy.rules.freshness import Freshness
from recsys.ui.tables import exposure


def lists(items: list[list[int]]) -> VisitLists:
    """Articles with the section of their number, as old in hours as that."""
    shown = np.array(items, np.int32)
    nothing = np.zeros(shown.shape)
    return VisitLists(
        shown, shown[:, 0], np.where(shown == PAD, -1, shown), shown.astype(float), nothing, nothing[:, 0]
    )


@pytest.mark.parametrize(
    ("p", "q", "expected"),
    [([1, 0], [1, 0], 0), ([1, 0], [0, 1], 1), ([0.5, 0.5], [1, 0], 0.311278)],
)
def test_jensen_shannon_by_hand(p: list[float], q: list[float], expected: float) -> None:
    """The last: (log2(.5/.75) / 2 + log2(.5/.25) / 2 + log2(1/.75)) / 2."""
    assert float(jensen_shannon(np.array(p, float), np.array(q, float))) == pytest.approx(expected, abs=1e-6)


def test_places_count_by_the_reciprocal_of_their_rank() -> None:
    assert by_rank(3).tolist() == [1, 1 / 2, 1 / 3]


def test_shares_by_hand() -> None:
    found = Exposure.of(
        lists([[0, 1], [1, PAD]]), Opened(np.array([1, 1]), np.array([0.5, 30.0])), [np.array([0]), np.array([1])], 2
    )
    assert found.shown_by_section == pytest.approx([1 / 3, 2 / 3, 0])
    assert found.read_by_section.tolist() == [0, 1, 0]
    assert found.shown_by_age == pytest.approx([1 / 3, 2 / 3, 0, 0, 0])
    assert found.read_by_age.tolist() == [0.5, 0, 0, 0, 0.5]


def test_the_same_lists_are_not_apart_and_different_ones_are() -> None:
    opened, read = Opened(np.array([0, 0]), np.zeros(2)), [np.array([0]), np.array([0])]
    assert Exposure.of(lists([[0, 1], [0, 1]]), opened, read, 4).fragmentation == 0
    assert Exposure.of(lists([[0, 1], [2, 3]]), opened, read, 4).fragmentation == pytest.approx(1)
    assert Exposure.of(lists([[0, 0], [0, 0]]), opened, read, 4).calibration == 0


@pytest.fixture(scope="module")
def visits(loaded: LoadedSet) -> KeptVisits:
    return KeptVisits.of(loaded, lambda _: None)


def test_a_calibrated_list_is_nearer_to_what_is_read(visits: KeptVisits) -> None:
    without, under = visits.exposures(Policy(rules=(Calibration(weight=0.8),)), 10)
    assert under.calibration < without.calibration


def test_what_readers_of_all_devices_read_is_what_everybody_reads(loaded: LoadedSet, visits: KeptVisits) -> None:
    policy = Policy(rules=(Freshness(half_life_hours=3),))
    without, under = visits.exposures(policy, 10)
    devices = visits.contexts[:, CONTEXT_FIELDS.index("device")].tolist()
    parts = {code: visits.exposures(policy, 10, ("device", code)) for code in set(devices)}
    for whole, number in ((without, 0), (under, 1)):
        read = sum(devices.count(code) * both[number].read_by_section for code, both in parts.items())
        assert (read / len(devices)).tolist() == pytest.approx(whole.read_by_section.tolist())
    named = exposure.groups(visits, loaded.engine.dataset)
    assert [exposure.context_of(one) for one in named][:2] == [None, ("device", max(parts, key=devices.count))]


@pytest.mark.parametrize("cut", exposure.CUTS)
def test_every_cut_is_a_table(cut: str, loaded: LoadedSet, visits: KeptVisits) -> None:
    rows = exposure.by(cut, visits, Policy(rules=(Freshness(half_life_hours=3),)), 10, loaded.engine.dataset)
    assert len(rows)
    if cut not in exposure.READERS:
        assert rows[["read", "without", "with"]].sum().tolist() == pytest.approx([100, 100, 100])
    if cut == "age":
        assert rows["with"].iloc[0] > rows["without"].iloc[0], "more new articles"
    same = exposure.by(cut, visits, NO_POLICY, 10, loaded.engine.dataset)
    assert same["with"].tolist() == same["without"].tolist()
