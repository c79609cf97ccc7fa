"""What a training takes is told before it begins, by figures that were measured."""

import pytest

from recsys.core.process import free_memory_gb
from recsys.training.cost import Cost


@pytest.mark.parametrize(
    ("clicks", "minutes", "gigabytes"),
    [(7_542, 1.0, 1.0), (58_802, 1.8, 1.1), (283_098, 2.7, 1.5), (2_698_207, 8.0, 4.4)],
)
def test_it_is_as_measured_to_a_third(clicks: int, minutes: float, gigabytes: float) -> None:
    cost = Cost.of(clicks)
    assert cost.minutes == pytest.approx(minutes, rel=0.34)
    assert cost.gigabytes == pytest.approx(gigabytes, rel=0.34)


def test_what_does_not_fit_is_said() -> None:
    cost = Cost.of(2_000_000)
    assert not cost.fits(1.0)
    assert "only 1.0 GB are free here" in cost.in_words(1.0)
    assert cost.fits(None)
    assert cost.in_words(None) == "Training takes about 7 minutes and 3.6 GB of memory."


def test_free_memory_is_some_of_the_machines() -> None:
    free = free_memory_gb()
    assert free is None or 0 < free < 10_000
