"""Observed clicks on disk: what was acknowledged is there after the process was killed."""

import os
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest

from benchmarks.running_app import running_app
from recsys.core.entities import Context, ObservedClick, Request
from recsys.core.timestamps import iso
from recsys.core.types import MINUTE
from recsys.engine.engine import Engine
from recsys.errors import InputError
from recsys.events.learning import LearningEngine
from recsys.events.sqlite_store import SQLiteStore
from tests.shared import ROOT

NEW_ARTICLE = 10**12


def made_up(engine: Engine, number: int, article: int = NEW_ARTICLE) -> ObservedClick:
    return ObservedClick(f"c{number}", 10**12 + number, article, engine.end - MINUTE + number, Context(device=3))


def test_a_learning_engine_goes_on_after_a_restart(tmp_path: Path, engine: Engine) -> None:
    first = LearningEngine(engine, SQLiteStore(tmp_path / "events.db"))
    first.take_in([made_up(engine, number) for number in range(200)])
    request = Request(as_of=engine.end)
    answer = first.now().recommend(request)
    assert NEW_ARTICLE in answer.articles
    again = LearningEngine(engine, SQLiteStore(tmp_path / "events.db")).now()
    assert again.recommend(request).scores == answer.scores


def test_of_clicks_with_one_that_makes_no_sense_none_is_kept(tmp_path: Path, engine: Engine) -> None:
    log = SQLiteStore(tmp_path / "events.db")
    learning = LearningEngine(engine, log)
    with pytest.raises(InputError):
        learning.take_in([made_up(engine, 0), ObservedClick("old", 1, 1, 5)])
    assert not log.clicks()


WRITER = """
import sys
from pathlib import Path
from recsys.core.entities import ObservedClick
from recsys.events.sqlite_store import SQLiteStore
log = SQLiteStore(Path(sys.argv[1]))
number = 0
while True:
    batch = [ObservedClick(str(number + i), i, i, 1_500_000_000_000 + i) for i in range(20)]
    log.append(batch)
    number += 20
    print(number, flush=True)
"""


def test_killed_under_a_thousand_clicks_a_second_nothing_acknowledged_is_lost(tmp_path: Path) -> None:
    file = tmp_path / "events.db"
    started = time.monotonic()
    writer = subprocess.Popen([sys.executable, "-c", WRITER, file], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert writer.stdout is not None
    acknowledged = 0
    for line in writer.stdout:
        acknowledged = int(line)
        if acknowledged >= 3_000:
            os.kill(writer.pid, signal.SIGKILL)
            break
    acknowledged = max([acknowledged, *map(int, writer.stdout.read().split())])
    writer.wait()
    assert acknowledged >= 3_000, f"{acknowledged} clicks in {time.monotonic() - started:.1f} s"
    kept = {click.id for click in SQLiteStore(file).clicks()}
    assert {str(number) for number in range(acknowledged)} <= kept
    assert sqlite3.connect(file).execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_a_server_learns_from_clicks_and_knows_them_after_a_restart(
    small_set: Path, tmp_path: Path, engine: Engine
) -> None:
    file = str(tmp_path / "events.db")
    clicks = [
        {"id": c.id, "user_id": c.user_id, "article_id": c.article_id, "time": iso(c.time), "env": {"device": "phone"}}
        for c in (made_up(engine, number) for number in range(200))
    ]
    body = {"history": [], "as_of": iso(engine.end)}
    old = {**clicks[0], "id": "x", "time": "1999-01-01"}
    with running_app(small_set, "--events", file) as address, httpx.Client(base_url=f"{address}/api") as client:
        client.timeout = httpx.Timeout(60)
        assert NEW_ARTICLE not in client.post("/reco", json=body).json()["recommendations"]
        assert client.post("/clicks", json={"clicks": clicks}).json() == {"new": 200}
        assert client.post("/clicks", json={"clicks": clicks}).json() == {"new": 0}
        known = client.post("/reco", json=body).json()["recommendations"]
        assert NEW_ARTICLE in known
        refused = client.post("/clicks", json={"clicks": [old]})
        assert refused.status_code == 400
        assert "takes in clicks from" in refused.json()["error"]
    with running_app(small_set, "--events", file) as address:
        assert httpx.post(f"{address}/api/reco", json=body, timeout=60).json()["recommendations"] == known
