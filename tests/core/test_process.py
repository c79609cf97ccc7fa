"""How many threads to compute with."""

import pytest

from recsys.core.process import cores, idle_ticks

STAT = """cpu  400 0 0 1000 50 0 0 0 0 0
cpu0 100 0 0 300 10 0 0 0 0 0
cpu1 100 0 0 200 20 0 0 0 0 0
cpu10 200 0 0 500 20 0 0 0 0 0
intr 12345
"""


def test_a_core_is_idle_while_it_waits_for_a_disk_too() -> None:
    assert idle_ticks(STAT, {0, 1}) == 310 + 220
    assert idle_ticks(STAT, {10}) == 520
    assert idle_ticks("", {0}) == 0


def test_there_is_always_one_thread_and_never_more_than_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    assert cores(1) == 1
    assert 1 <= cores(2) <= 2
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    assert cores(8) == 1
