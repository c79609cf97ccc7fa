"""What the server lets in, and what it tells those whom it does not."""

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from benchmarks.running_app import running_app

TOKEN = "a secret"
ORIGIN = "https://pages.example"
REQUEST = {"history": [], "k": 3}


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("guard") / "log"


@pytest.fixture(scope="module")
def address(small_set: Path, log: Path) -> Iterator[str]:
    with running_app(small_set, log=log, RECSYS_TOKEN=TOKEN, RECSYS_CORS=ORIGIN) as address:
        yield address


@pytest.fixture
def client(address: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=address, headers={"Authorization": f"Bearer {TOKEN}"}, timeout=30) as client:
        yield client


@pytest.mark.parametrize("header", [None, "Bearer wrong", TOKEN, f"Basic {TOKEN}"])
def test_without_the_token_nobody_isanswered(address: str, header: str | None) -> None:
    headers = {} if header is None else {"Authorization": header}
    for answer in (
        httpx.post(f"{address}/api/reco", json=REQUEST, headers=headers),
        httpx.get(f"{address}/metrics", headers=headers),
    ):
        assert answer.status_code == 401
        assert answer.headers["WWW-Authenticate"] == "Bearer"
        assert "error" in answer.json()


def test_health_and_the_description_are_open(address: str) -> None:
    for path in ("health", "openapi.json", "docs"):
        assert httpx.get(f"{address}/api/{path}").status_code == 200


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/api/nothing", 404),
        ("GET", "/api/users/999999999", 404),
        ("GET", "/api/users/no%0Abody", 400),
        ("GET", "/api/reco", 405),
    ],
)
def test_errors_are_json_with_a_sentence(client: httpx.Client, method: str, path: str, status: int) -> None:
    answer = client.request(method, path)
    assert answer.status_code == status
    assert answer.json()["error"].endswith(".")
    assert ("Allow" in answer.headers) == (status == 405)


def test_a_body_that_is_too_large_or_not_json_is_refused(client: httpx.Client) -> None:
    large = client.post("/api/reco", json={**REQUEST, "without": ["als"] * 20_000})
    assert (large.status_code, "64 KiB" in large.json()["error"]) == (413, True)
    other = client.post("/api/reco", content=json.dumps(REQUEST), headers={"Content-Type": "text/plain"})
    assert (other.status_code, "application/json" in other.json()["error"]) == (415, True)
    said_otherwise = client.post(
        "/api/reco", content=json.dumps(REQUEST), headers={"Content-Type": "Application/JSON; charset=utf-8"}
    )
    assert said_otherwise.status_code == 200


def test_every_answer_carries_an_id_and_the_headers_of_a_careful_server(client: httpx.Client) -> None:
    answers = [client.post("/api/reco", json=REQUEST), client.get("/api/nothing")]
    for answer in answers:
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Cache-Control"] == "no-store"
    assert len({answer.headers["X-Request-Id"] for answer in answers}) == 2


def test_only_the_pages_that_are_named_may_ask_from_a_browser(client: httpx.Client) -> None:
    named = client.post("/api/reco", json=REQUEST, headers={"Origin": ORIGIN})
    assert named.headers["Access-Control-Allow-Origin"] == ORIGIN
    other = client.post("/api/reco", json=REQUEST, headers={"Origin": "https://elsewhere.example"})
    assert "Access-Control-Allow-Origin" not in other.headers
    asked_before = client.options(
        "/api/reco", headers={"Origin": ORIGIN, "Access-Control-Request-Method": "POST", "Authorization": ""}
    )
    assert asked_before.status_code == 200


def test_a_line_in_the_log_for_every_request_and_nothing_of_the_visitor(client: httpx.Client, log: Path) -> None:
    answer = client.get("/api/users/37")
    assert answer.status_code == 200
    assert [(line["endpoint"], line["status"]) for line in _logged(log, answer)] == [("users", 200)]
    mine = _logged(log, client.post("/api/reco", json={"user_id": 37}))
    assert set(mine[0]["stages_ms"]) == {"clock", "visitor", "retrieval", "rerank"}
    assert "37" not in {str(value) for line in mine for value in line.values()}
    assert "users/37" not in log.read_text()


def _logged(log: Path, answer: httpx.Response) -> list[dict[str, Any]]:
    """What the log says of a request: its line follows the answer, on a busy machine after a while."""
    for _ in range(100):
        lines = log.read_text().splitlines()
        if mine := [json.loads(line) for line in lines if answer.headers["X-Request-Id"] in line]:
            return mine
        time.sleep(0.05)
    return []


def test_the_figures_are_in_prometheus_format(client: httpx.Client) -> None:
    before = answered(client.get("/metrics").text)
    client.post("/api/reco", json=REQUEST)
    assert answered(client.get("/metrics").text) == before + 1


def test_a_client_that_asks_too_often_is_told_when_to_come_back(small_set: Path) -> None:
    with running_app(small_set, RECSYS_RATE="5/hour") as address:

        def ask(client: str) -> httpx.Response:
            return httpx.post(f"{address}/api/reco", json=REQUEST, timeout=30, headers={"X-Forwarded-For": client})

        answers = [ask("192.0.2.1") for _ in range(8)]
        assert ask("192.0.2.2").status_code == 200, "a proxy on this machine is believed who the client is"
    assert {answer.status_code for answer in answers} == {200, 429}
    last = answers[-1]
    assert (last.status_code, last.headers["Retry-After"].isdigit(), "error" in last.json()) == (429, True, True)


def test_a_proxy_that_nobody_named_is_not_believed(small_set: Path) -> None:
    with running_app(small_set, RECSYS_RATE="5/hour", FORWARDED_ALLOW_IPS="192.0.2.9") as address:
        answers = [
            httpx.post(f"{address}/api/reco", json=REQUEST, timeout=30, headers={"X-Forwarded-For": f"192.0.2.{one}"})
            for one in range(8)
        ]
    assert 429 in {answer.status_code for answer in answers}


def answered(metrics: str) -> float:
    samples = [one for family in text_string_to_metric_families(metrics) for one in family.samples]
    wanted = {"endpoint": "reco", "method": "POST", "status": "200"}
    return sum(one.value for one in samples if one.name == "recsys_requests_total" and one.labels == wanted)
