"""The description of the API tells the truth."""

import subprocess
import sys
from pathlib import Path

import httpx

from benchmarks.running_app import running_app
from tests.shared import ROOT


def test_schemathesis_finds_nothing_with_every_check_on(small_set: Path, tmp_path: Path) -> None:
    with running_app(small_set, "--events", str(tmp_path / "clicks.db"), RECSYS_RATE="100000/second") as address:
        command = [Path(sys.executable).with_name("st"), "run", f"{address}/api/openapi.json", "--checks", "all"]
        done = subprocess.run(
            [*command, "-n", "15", "--no-color", "--seed", "1"], cwd=ROOT, capture_output=True, text=True, timeout=500
        )
    assert done.returncode == 0, done.stdout[-4000:]


def test_examples_work_as_they_stand(small_set: Path) -> None:
    with running_app(small_set) as address:
        described = httpx.get(f"{address}/api/openapi.json").json()
        examples = described["components"]["schemas"]["RecommendationRequest"]["examples"]
        assert examples
        base = address + described["servers"][0]["url"]
        for example in examples:
            assert httpx.post(f"{base}/reco", json=example, timeout=30).status_code == 200
