"""Clicks over HTTP: what is acknowledged is known to all that answer, and what goes wrong is told."""

import sqlite3
import subprocess
import sys
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from benchmarks.running_app import running_app
from recsys.core.timestamps import iso
from recsys.engine.engine import Engine

NEW_ARTICLE = 10**12


def clicks(engine: Engine, first: int, last: int, time: str | None = None) -> dict[str, object]:
    moment = iso(engine.end - 1000) if time is None else time
    return {
        "clicks": [
            {"id": f"c{n}", "user_id": 10**12 + n, "article_id": NEW_ARTICLE, "time": moment}
            for n in range(first, last)
        ]
    }


def test_a_click_from_the_future_is_refused_and_one_of_today_moves_nobodys_now(
    small_set: Path, tmp_path: Path, engine: Engine
) -> None:
    with (
        running_app(small_set, "--events", str(tmp_path / "events.db")) as address,
        httpx.Client(base_url=f"{address}/api", timeout=60) as client,
    ):
        health = client.get("/health").json()
        assert health["clock"] == "wall"
        assert health["clicks"] == "yes"
        assert health["until"] == iso(engine.end), "how far the log of the set reaches"
        assert abs(datetime.fromisoformat(health["now"]) - datetime.now(UTC)) < timedelta(minutes=2)
        request = {"user_id": int(engine.user_ids[0])}
        before = client.post("/reco", json=request).json()
        now = {**request, "as_of": f"{datetime.now(UTC):%FT%TZ}"}
        assert client.post("/reco", json=now).json()["recommendations"] == before["recommendations"]
        tomorrow = client.post("/reco", json={**request, "as_of": f"{datetime.now(UTC) + timedelta(days=1):%FT%TZ}"})
        assert tomorrow.status_code == 400
        future = client.post("/clicks", json=clicks(engine, 0, 1, "2038-01-01T00:00:00Z"))
        assert future.status_code == 400
        assert "'c0'" in future.json()["error"]
        assert client.post("/clicks", json=clicks(engine, 0, 1, f"{datetime.now(UTC):%FT%TZ}")).json() == {"new": 1}
        after = client.post("/reco", json=request).json()
        same = len(set(before["recommendations"]) & set(after["recommendations"]))
        assert same >= 7, "the only click of a week counts, and the list is still the same one"


def wait_until_all_are_ready(address: str) -> None:
    """Each worker reads the set by itself: the one that answers next may not be the one that has answered."""
    ready = 0
    for _ in range(600):
        ready = ready + 1 if httpx.get(f"{address}/api/health", timeout=60).status_code == 200 else 0
        if ready == 20:
            return
        time.sleep(0.05)
    raise AssertionError("the workers are not ready")


@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
def test_every_worker_knows_what_any_of_them_has_acknowledged(
    small_set: Path, tmp_path: Path, engine: Engine, kind: str, request: pytest.FixtureRequest
) -> None:
    store = str(tmp_path / "events.db") if kind == "sqlite" else request.getfixturevalue("database")
    body = {"history": [], "as_of": iso(engine.end), "k": 20}
    with running_app(small_set, "--workers", "2", "--events", store, "--clock", "log") as address:
        wait_until_all_are_ready(address)
        for part in range(4):
            sent = httpx.post(f"{address}/api/clicks", json=clicks(engine, 100 * part, 100 * part + 100), timeout=60)
            assert sent.json() == {"new": 100}
            answers = [httpx.post(f"{address}/api/reco", json=body, timeout=60) for _ in range(12)]  # new connections
            assert {answer.status_code for answer in answers} == {200}
            assert len({tuple(answer.json()["recommendations"]) for answer in answers}) == 1
            assert not any("X-Recsys-Behind" in answer.headers for answer in answers)
        assert NEW_ARTICLE in answers[0].json()["recommendations"]


def test_while_the_store_is_locked_answers_go_on_and_health_tells(
    small_set: Path, tmp_path: Path, engine: Engine
) -> None:
    file = tmp_path / "events.db"
    body = {"history": []}
    with (
        running_app(small_set, "--events", str(file), "--clock", "log") as address,
        httpx.Client(base_url=f"{address}/api", timeout=10) as client,
    ):
        client.post("/clicks", json=clicks(engine, 0, 50))
        known = client.post("/reco", json=body).json()["recommendations"]
        other = sqlite3.connect(file, isolation_level=None)
        other.execute("BEGIN EXCLUSIVE")
        refused = client.post("/clicks", json=clicks(engine, 50, 60))
        assert refused.status_code == 503
        assert "locked" in refused.json()["error"]
        assert refused.json()["error"].endswith("No click of this request was kept.")
        answers = [client.post("/reco", json=body) for _ in range(10)]
        assert Counter(answer.status_code for answer in answers) == {200: 10}
        assert answers[-1].json()["recommendations"] == known
        assert "locked" in client.get("/health").json()["clicks"]
        other.execute("ROLLBACK")
        assert client.post("/clicks", json=clicks(engine, 50, 60)).json() == {"new": 10}
        assert client.get("/health").json()["clicks"] == "yes"
        file.unlink()
        gone = client.post("/clicks", json=clicks(engine, 60, 70))
        assert gone.status_code == 503
        assert "deleted" in gone.json()["error"]
        assert client.post("/reco", json=body).status_code == 200
        assert int(client.post("/reco", json=body).headers["X-Recsys-Behind"]) >= 0


def test_a_damaged_file_is_a_sentence_at_the_start(small_set: Path, tmp_path: Path) -> None:
    (tmp_path / "events.db").write_bytes(b"SQLite format 3\0" + bytes(5000))
    command = [sys.executable, "-m", "recsys", "serve", "--events", str(tmp_path / "events.db"), "--port", "18599"]
    run = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert run.returncode == 2
    assert "can't be used" in run.stderr or "damaged" in run.stderr
    assert "Traceback" not in run.stderr
