"""A retriever of another package is one class and one entry point: no file here names it."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from tests.shared import ROOT

OUTSIDE = Path(__file__).parent / "outside"


def test_a_retriever_from_outside_is_in_the_pool_the_features_and_the_pages_and_passes_the_suite(
    tmp_path: Path,
) -> None:
    package = tmp_path / "package"
    shutil.copytree(OUTSIDE, package)
    information = package / "newest-1.0.dist-info"
    information.mkdir()
    (information / "METADATA").write_text("Metadata-Version: 2.1\nName: newest\nVersion: 1.0\n")
    (information / "entry_points.txt").write_text("[recsys.retrievers]\nnewest = newest:ENTRY\n")
    path = os.pathsep.join([str(package), str(ROOT)])
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "check_newest.py"],
        cwd=package, env=os.environ | {"PYTHONPATH": path, "CHECKOUT": str(ROOT)},
        capture_output=True, text=True, timeout=300,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout
    passed = re.search(r"(\d+) passed", done.stdout)
    assert passed, done.stdout
    assert int(passed[1]) >= 11
