"""Progress where nobody watches, and how steady its estimates are."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from recsys.core.progress import Progress


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    return tmp_path / "recsys" / "job-stages.json"


def test_a_line_for_each_stage_where_there_is_no_terminal(capfd: pytest.CaptureFixture[str]) -> None:
    progress = Progress({"Reading": 1.0, "Counting": 3.0})
    for name in ("Reading", "Counting"):
        report = progress.stage(name)
        for step in range(1000):
            report(step / 1000)
    progress.close()
    said = capfd.readouterr().err
    assert "\r" not in said
    lines = said.splitlines()
    assert [line.split(":")[0] for line in lines] == [" 25%  Reading", "100%  Counting"]
    assert all(line.endswith(" s") for line in lines)


def test_nothing_is_said_where_nothing_is_wanted(capfd: pytest.CaptureFixture[str]) -> None:
    progress = Progress({"Reading": 1.0}, show=False)
    progress.stage("Reading")(0.5)
    progress.close()
    assert capfd.readouterr() == ("", "")
    assert progress.seconds["Reading"] >= 0


def test_the_next_run_knows_how_long_the_last_one_took(cache: Path) -> None:
    for kept in ({}, {"a": 30.0, "b": 10.0}):
        cache.parent.mkdir(exist_ok=True)
        cache.write_text(json.dumps(kept))
        progress = Progress({"a": 1.0, "b": 1.0}, "job", show=False)
        assert progress.lengths == (kept or {"a": 1.0, "b": 1.0})
    progress.stage("a")
    progress.stage("b")
    progress.close()
    assert json.loads(cache.read_text()).keys() == {"a", "b"}


@pytest.mark.parametrize("kept", ["", "[]", '{"a": "x", "b": 1}', '{"a": null, "b": 2}', '{"a": 1}'])
def test_a_damaged_note_of_the_last_run_is_no_error(cache: Path, kept: str) -> None:
    cache.parent.mkdir()
    cache.write_text(kept)
    assert Progress({"a": 1.0, "b": 2.0}, "job", show=False).lengths == {"a": 1.0, "b": 2.0}


def test_the_time_left_does_not_jump_where_a_stage_is_slower_than_expected() -> None:
    """The last run took 400 s; in this one the second stage takes 10 s instead of 5."""
    progress = Progress({"a": 5.0, "b": 5.0, "c": 390.0}, show=False)
    left = [progress.seconds_left(done, elapsed) for elapsed, done in ((0.0, 0.0), (5.0, 5.0), (15.0, 10.0))]
    assert left[0] == pytest.approx(400)
    assert max(left) < 1.25 * min(left)
