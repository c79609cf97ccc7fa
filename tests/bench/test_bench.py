"""What a request costs, counted in what does not depend on the machine."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from recsys.artifacts.store import load
from recsys.bench.measure import COUNTED, VISITORS
from recsys.bench.report import BenchReport, Times
from recsys.bench.work import counts, some_visitors
from recsys.cli.group import cli
from tests.shared import DEMO, ROOT

KEPT = ROOT / "benchmarks" / "results" / "bench-demo.json"
MOST_ARTIFACTS_MB = 25


@pytest.fixture(scope="module")
def found(small_set: Path, tmp_path_factory: pytest.TempPathFactory) -> dict:
    file = tmp_path_factory.mktemp("bench") / "figures.json"
    done = CliRunner().invoke(
        cli, ["bench", "--artifacts", str(small_set), "--rounds", "1", "--visitors", "20", "--json", str(file)]
    )
    assert done.exit_code == 0, done.output
    assert "one request" in done.output
    return dict(json.loads(file.read_text()))


def test_the_figures_that_scripts_depend_on_are_there(found: dict, small_set: Path) -> None:
    fixed = {"load_s", "rss_mb", "artifact_mb", "recommend_ms", "static_recommend_ms", "explain_ms", "batch_per_s"}
    assert fixed | {"advance_hour_ms", "users", "items"} <= set(found)
    assert {"p50", "p99"} <= set(found["recommend_ms"]) & set(found["static_recommend_ms"])
    assert found["users"] == len(load(small_set).engine.user_ids)


def test_a_request_costs_no_more_than_it_did() -> None:
    """On the embedded set, against the kept figures: after a change for the better, keep the new ones."""
    kept = BenchReport.read(KEPT)
    engine = load(DEMO).engine
    now = counts(engine, some_visitors(engine, VISITORS)[:COUNTED])
    assert now.steps <= 1.02 * kept.counts.steps
    assert now.calls <= 1.05 * kept.counts.calls
    assert now.allocated_kb <= 1.1 * kept.counts.allocated_kb
    assert sum(file.stat().st_size for file in DEMO.rglob("*") if file.is_file()) <= MOST_ARTIFACTS_MB * 1e6


def test_times_are_medians_over_rounds() -> None:
    times = Times.of([[1.0, 2.0, 9.0], [1.0, 4.0, 5.0], [3.0, 3.0, 3.0]])
    assert (times.p50, times.spread) == (3.0, (2.0, 4.0))
