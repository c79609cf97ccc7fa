"""All figures of the docs, taken anew by one command."""

import re
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from benchmarks.figures import STEPS, Step, code_stamp, main, plan, run
from tests.shared import ROOT


def test_every_kept_result_has_one_step_that_writes_it() -> None:
    written = [part for step in STEPS for part in step.command if part.startswith("benchmarks/results/")]
    kept = {str(file.relative_to(ROOT)) for file in (ROOT / "benchmarks" / "results").glob("*.json")}
    assert len(written) == len(set(written))
    assert kept - {"benchmarks/results/gate.json"} == set(written), "the gate keeps its own"


def test_kept_results_name_no_folder_of_the_machine_that_measured_them() -> None:
    for file in (ROOT / "benchmarks" / "results").glob("*.json"):
        assert not re.findall(r'"(?:/|[A-Z]:)[^"]*"', file.read_text()), file.name


def test_what_the_docs_say_is_what_is_run() -> None:
    """A command that writes a kept result stands in the docs as it is run."""
    docs = " ".join((ROOT / "docs" / name).read_text() for name in ("evaluation.md", "performance.md", "scale.md"))
    said = {re.sub(r"\s+", " ", one) for one in re.findall(r"`((?:recsys|python -m)[^`]*--json[^`]*)`", docs)}
    for command in said:
        for file in re.findall(r"--json (benchmarks/results/\S+)", command):
            (step,) = [step for step in STEPS if file in step.command]
            for option in re.findall(r"--(?:protocol|limit|policies|data) \S+", command):
                assert option in " ".join(step.command), f"{step.name}: {option}"


def test_a_step_that_is_done_is_not_done_again_until_the_code_changes(tmp_path: Path) -> None:
    file = tmp_path / "log"
    count = Step("count", 1, ("-c", f"open({str(file)!r}, 'a').write('x')"))
    fails = Step("fails", 1, ("-c", "raise SystemExit(3)"))
    with pytest.raises(click.ClickException, match="status 3"):
        run([count, fails], tmp_path, tmp_path, "one")
    assert file.read_text() == "x"
    run([count], tmp_path, tmp_path, "one")
    assert file.read_text() == "x"
    run([count], tmp_path, tmp_path, "two")
    assert file.read_text() == "xx"
    assert code_stamp() == code_stamp()


def test_the_time_is_said_first() -> None:
    assert plan(STEPS, STEPS).startswith(f"{len(STEPS)} of {len(STEPS)} steps are left: about ")
    said = CliRunner().invoke(main, ["--data", str(ROOT), "--list", "gate"])
    assert said.output == "1 of 1 steps are left: about 0.1 hours on two quiet cores.\n      3 min  gate\n"
    assert "There is no step 'tea'" in CliRunner().invoke(main, ["--data", str(ROOT), "tea"]).output
