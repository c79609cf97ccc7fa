"""Three minutes of what `benchmarks.soak` does for an hour: everything at once, with a kill and two new sets."""

import subprocess
import sys
from pathlib import Path

from tests.shared import ROOT


def test_three_minutes_of_everything_at_once(small_set: Path) -> None:
    command = [sys.executable, "-m", "benchmarks.soak", "--artifacts", small_set, "--minutes", "3", "--here"]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=600, check=False)
    assert run.returncode == 0, run.stdout + run.stderr[-2000:]
    assert " 0 of them lost" in run.stdout
