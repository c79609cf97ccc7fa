"""What the process asks of the machine: threads, and memory that it gives back."""

import subprocess
import sys

import numpy as np
import pytest

from recsys.core.process import cores, idle_ticks, peak_memory_mb

STAT = """cpu  400 0 0 1000 50 0 0 0 0 0
cpu0 100 0 0 300 10 0 0 0 0 0
cpu1 100 0 0 200 20 0 0 0 0 0
cpu10 200 0 0 500 20 0 0 0 0 0
intr 12345
"""

BLOCKS = """
import re, sys
import numpy as np
from recsys.core import process
if "return" in sys.argv:
    process.return_large_blocks()
np.ones(3_000_000)  # once a block of this size was free, glibc keeps smaller ones
blocks = [np.ones(125_000) for _ in range(80)]
def held():
    return int(re.search(r"VmRSS:\\s+(\\d+)", open("/proc/self/status").read())[1]) / 1000
before = held()
del blocks[:-1]  # the last one is at the end of the heap
print(before - held())
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


def test_large_blocks_go_back_as_soon_as_they_are_let_go_of() -> None:
    kept, returned = (
        float(subprocess.run([sys.executable, "-c", BLOCKS, *how], check=True, capture_output=True, text=True).stdout)
        for how in ([], ["return"])
    )
    assert kept < 10
    assert returned > 70


def test_the_most_memory_is_that_of_the_process_itself() -> None:
    """Not that of the one that started it: a benchmark starts another from a training that held gigabytes."""
    mine = np.ones(50_000_000)  # 400 MB
    code = "from recsys.core.process import peak_memory_mb; print(peak_memory_mb())"
    theirs = float(subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout)
    assert 5 < theirs < 200
    assert peak_memory_mb() > mine.nbytes / 2**20
