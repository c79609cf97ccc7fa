"""The REST API over a real socket, as a client uses it."""

import json
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from benchmarks.running_app import running_app
from recsys.api.schemas.request import RecommendationRequest
from recsys.core.entities import Request
from recsys.engine.engine import Engine

JSON = {"Content-Type": "application/json"}


@pytest.fixture(scope="module")
def address(small_set: Path) -> Iterator[str]:
    with running_app(small_set) as address:
        yield address


def test_a_request_gets_the_engines_answer(address: str, engine: Engine) -> None:
    user = int(engine.user_ids[7])
    answer = httpx.post(f"{address}/api/reco", json={"user_id": user, "k": 7, "env": {"device": 1}}, timeout=30)
    assert answer.status_code == 200
    assert answer.json()["recommendations"] == list(
        engine.recommend(Request(user, overrides={"device": 1}, k=7)).articles
    )


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"{", "not JSON"),
        (b"[]", "dictionary"),
        (b"{}", "user_id is required"),
        (b'{"user_id": "12345"}', "user_id"),
        (b'{"user_id": 123456789}', "Unknown reader 123456789"),
        (b'{"user_id": 5, "k": 0}', "k: "),
        (b'{"user_id": 5, "env": {"device": "toaster"}}', "Unknown device 'toaster'"),
        (b'{"user_id": 5, "as_of": "yesterday"}', "is not a time"),
        (b'{"user_id": 5, "as_of": "1999-01-01"}', "outside the hours"),
    ],
)
def test_what_a_client_got_wrong_is_named(address: str, body: bytes, said: str) -> None:
    answer = httpx.post(f"{address}/api/reco", content=body, headers=JSON, timeout=30)
    assert answer.status_code == 400
    assert said in answer.json()["error"]


def test_the_command_that_the_page_shows_gives_the_list_that_the_page_shows(address: str, engine: Engine) -> None:
    request = Request(overrides={"device": 3, "country": 10}, as_of=engine.end, k=8, without=frozenset({"als"}))
    for sent in (request, replace(request, user_id=int(engine.user_ids[3]))):
        command = RecommendationRequest.of(sent).to_curl(address)
        done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, timeout=60, check=True)
        assert json.loads(done.stdout)["recommendations"] == list(engine.recommend(sent).articles)
