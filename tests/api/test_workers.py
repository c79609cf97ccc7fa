"""The API alone, served by two processes."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from benchmarks.running_app import running_app
from tests.api.test_guard import answered

REQUEST = {"history": [], "k": 5}
REQUESTS = 30


@pytest.fixture(scope="module")
def address(small_set: Path) -> Iterator[str]:
    with running_app(small_set, "--workers", "2") as address:
        yield address


def test_they_give_one_answer_and_count_their_requests_together(address: str) -> None:
    lists = set()
    for _ in range(REQUESTS):  # a new connection each: both workers get some
        answer = httpx.post(f"{address}/api/reco", json=REQUEST, timeout=30)
        assert answer.status_code == 200
        lists.add(tuple(answer.json()["recommendations"]))
    assert len(lists) == 1
    assert {answered(httpx.get(f"{address}/metrics").text) for _ in range(6)} == {REQUESTS}


def test_they_have_no_pages(address: str) -> None:
    assert httpx.get(address).status_code == 404
