"""What `make demo` installs is enough for everything but training, which says what is missing."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.shared import ROOT

WITHOUT_TRAINING = """
import importlib, json, pkgutil, sys
for name in ("torch", "implicit", "sklearn", "pyspark", "py4j"):
    sys.modules[name] = None  # as if it were not installed
"""
COMMANDS = """
from recsys.cli import main
for arguments in json.loads(sys.argv[1]):
    print("$ recsys", *arguments, file=sys.stderr)
    try:
        main(arguments)
    except SystemExit as end:
        assert not end.code
"""
IMPORTS = """
import recsys.analysis, recsys.api, recsys.ui
for package in (recsys.analysis, recsys.api, recsys.ui):
    for module in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
        importlib.import_module(module.name)
"""


def run(program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", WITHOUT_TRAINING + program, *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120)


def test_commands_need_nothing_more(small_set: Path, tmp_path: Path) -> None:
    artifacts = ["--artifacts", str(small_set)]
    commands = [
        ["--help"],
        ["verify", str(small_set)],
        ["settings", str(small_set)],
        ["recommend", *artifacts, "--user-id", "5"],
        ["report", *artifacts, "--user-id", "5", "--out", str(tmp_path / "view.html")],
        ["compare-sets", str(small_set), str(small_set), "--html", str(tmp_path / "sets.html")],
        ["recommend-all", *artifacts, "--out", str(tmp_path / "lists")],
        ["bench", *artifacts, "--rounds", "1", "--visitors", "5"],
        ["simulate", "--out", str(tmp_path / "log"), "--users", "50", "--days", "1"],
        ["serve", "--help"],
    ]
    done = run(COMMANDS, json.dumps(commands))
    assert done.returncode == 0, done.stderr
    assert done.stderr.count("$ recsys") == len(commands)


@pytest.mark.parametrize("command", ["train", "backtest"])
def test_training_says_what_to_install(command: str, tmp_path: Path) -> None:
    more = ["--out", str(tmp_path / "set")] if command == "train" else ["--protocol", "hourly"]
    done = run(f"from recsys.cli import main\nmain({[command, '--data', str(tmp_path), *more]})")
    assert done.returncode == 2
    assert done.stderr.startswith("recsys: Training needs implicit, sklearn, torch, which are not installed.")
    assert done.stderr.count("\n") == 1


def test_pages_and_api_need_nothing_more() -> None:
    done = run(IMPORTS)
    assert done.returncode == 0, done.stderr
