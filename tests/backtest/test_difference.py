"""Two saved backtests of the same requests, held against each other."""

import json
from pathlib import Path

from click.testing import CliRunner, Result

from benchmarks.difference import main

KEPT = Path(__file__).resolve().parents[2] / "benchmarks" / "results" / "hourly-192-336.json"


def compared(folder: Path, change: dict[str, float], *options: str) -> Result:
    """The kept figures against themselves with every window changed."""
    report = json.loads(KEPT.read_text())
    for found in report["by_window"].values():
        for name, by in change.items():
            found[name] += by
    changed = folder / "changed.json"
    changed.write_text(json.dumps(report))
    return CliRunner().invoke(main, [str(KEPT), str(changed), *options])


def test_the_difference_is_that_of_the_windows(tmp_path: Path) -> None:
    assert "+0.0100 (+0.0100 to +0.0100)" in compared(tmp_path, {"ensemble": 0.01}).output
    assert "+0.0000 (+0.0000 to +0.0000)" in compared(tmp_path, {"ensemble": 0.01}, "--system", "v-sknn").output


def test_other_requests_and_other_systems_are_told(tmp_path: Path) -> None:
    other = compared(tmp_path, {"requests": 1})
    assert (other.exit_code, "not asked the same requests" in other.output) == (1, True)
    unknown = compared(tmp_path, {}, "--system", "tarot")
    assert (unknown.exit_code, "no 'tarot'" in unknown.output) == (1, True)


def test_a_file_that_is_no_report_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "other.json").write_text("{}")
    done = CliRunner().invoke(main, [str(KEPT), str(tmp_path / "other.json")])
    assert (done.exit_code, "can't be read" in done.output) == (1, True)
