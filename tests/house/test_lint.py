"""What `make lint` must find: an import that runs upward, a circle of files, a retired word."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.shared import ROOT


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The checkout's code and docs, to plant something in."""
    for name in ("recsys", "docs", "pages", "benchmarks"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__", "images", "results"))
    for file in ("pyproject.toml", "README.md", "CONTRIBUTING.md", "streamlit_app.py"):
        shutil.copy(ROOT / file, tmp_path)
    return tmp_path


def lint_imports(folder: Path) -> subprocess.CompletedProcess[str]:
    command = [Path(sys.executable).with_name("lint-imports"), "--no-cache"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=120)


def check_words(folder: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, folder / "docs" / "check_words.py"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=120)


def test_the_code_as_it_stands_passes(copy: Path) -> None:
    done = lint_imports(copy)
    assert done.returncode == 0, done.stdout
    words = check_words(copy)
    assert words.returncode == 0, words.stdout


def test_an_upward_import_fails_also_for_types(copy: Path) -> None:
    file = copy / "recsys" / "retrieval" / "live_articles.py"
    planted = "\n\nif TYPE_CHECKING:\n    from recsys.engine.engine import Engine\n"
    text = file.read_text().replace(
        "from __future__ import annotations\n",
        "from __future__ import annotations\n\nfrom typing import TYPE_CHECKING\n",
    )
    file.write_text(text + planted)
    done = lint_imports(copy)
    assert done.returncode == 1
    assert "recsys.retrieval is not allowed to import recsys.engine" in done.stdout


def test_a_circle_of_files_fails(copy: Path) -> None:
    file = copy / "recsys" / "core" / "types.py"
    file.write_text(file.read_text() + "\nfrom recsys.core import arrays\n")
    done = lint_imports(copy)
    assert done.returncode == 1
    assert "No circle of files BROKEN" in done.stdout


@pytest.mark.parametrize("name", ["pages/compare.py", "recsys/ranking/pool.py", "docs/data.md", "README.md"])
def test_a_retired_word_fails_where_people_read_it(copy: Path, name: str) -> None:
    file = copy / name
    planted = 'TEXT = "Proposed by three algorithms."' if file.suffix == ".py" else "As far as a quick\nlook goes."
    file.write_text(f"{file.read_text()}\n{planted}\n")
    done = check_words(copy)
    assert done.returncode == 1
    assert name in done.stdout


def test_a_word_that_is_retired_today_fails_tomorrow(copy: Path) -> None:
    glossary = copy / "docs" / "glossary.md"
    glossary.write_text(glossary.read_text() + "| reranker | sorter |\n")
    done = check_words(copy)
    assert done.returncode == 1
    assert "'reranker' is retired: say 'sorter'." in done.stdout
