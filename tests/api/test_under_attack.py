"""What one client does must not be felt by another; and what nobody asked for is not taken."""

import asyncio
import io
import shutil
import socket
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import aiohttp
import httpx
import pytest
from starlette.testclient import TestClient

from benchmarks.page_client import at_the_pages
from benchmarks.running_app import memory_mb, running_app
from recsys.api.app import make_api
from recsys.api.telemetry import Metrics, Telemetry

REQUEST = {"history": [], "k": 3}
TOKEN, ORIGIN = "a secret", "https://pages.example"


@pytest.fixture(scope="module")
def address(small_set: Path) -> Iterator[str]:
    with running_app(small_set, RECSYS_RATE="100000/second") as address:
        yield address


@contextmanager
def connections(address: str, count: int, sends: bytes) -> Iterator[list[socket.socket]]:
    """So many connections that have sent something, and then nothing more."""
    host, port = address.removeprefix("http://").split(":")
    opened = [socket.create_connection((host, int(port)), timeout=60) for _ in range(count)]
    try:
        for one in opened:
            one.sendall(sends)
        yield opened
    finally:
        for one in opened:
            one.close()


@pytest.mark.parametrize("whose", ["192.0.2.1", None])
def test_unfinished_bodies_of_one_client_take_nobodys_place(address: str, whose: str | None) -> None:
    forwarded = f"X-Forwarded-For: {whose}\r\n" if whose else ""
    header = (
        f"POST /api/reco HTTP/1.1\r\nHost: x\r\n{forwarded}Content-Type: application/json\r\nContent-Length: 50\r\n\r\n"
    )
    with connections(address, 130, header.encode() + b'{"hist'), httpx.Client(base_url=address, timeout=30) as client:
        time.sleep(0.5)
        answers = Counter(client.post("/api/reco", json=REQUEST).status_code for _ in range(60))
    assert answers == {200: 60}


def test_a_client_that_asks_for_much_at_once_leaves_places_for_others(small_set: Path) -> None:
    body = {"user_id": None, "history": [], "k": 100, "explain": True}
    with running_app(small_set, RECSYS_AT_ONCE="8") as address:

        async def ask() -> tuple[Counter[int], Counter[int]]:
            async with aiohttp.ClientSession(address) as session:

                async def one(client: str, wanted: object) -> int:
                    headers = {"X-Forwarded-For": client}
                    async with session.post("/api/reco", json=wanted, headers=headers) as answer:
                        return answer.status

                greedy = [asyncio.create_task(one("192.0.2.1", body)) for _ in range(40)]
                await asyncio.sleep(0.05)
                modest = [await one("192.0.2.2", REQUEST) for _ in range(5)]
                return Counter(await asyncio.gather(*greedy)), Counter(modest)

        greedy, modest = asyncio.run(ask())
    assert greedy[429] > 0
    assert modest == {200: 5}


@pytest.mark.parametrize("sends", [b"", b"POST /api/reco HTTP/1.1\r\nHo"])
def test_a_connection_that_does_not_say_what_it_wants_is_closed(address: str, sends: bytes) -> None:
    with connections(address, 20, sends) as opened:
        began = time.monotonic()
        assert {one.recv(1) for one in opened} == {b""}
        assert time.monotonic() - began < 30


def test_who_guesses_the_token_is_slowed_down_and_who_has_it_is_not(small_set: Path) -> None:
    with (
        running_app(small_set, RECSYS_TOKEN=TOKEN, RECSYS_CORS=ORIGIN) as address,
        httpx.Client(base_url=address, timeout=30) as client,
    ):

        def ask(header: str) -> int:
            return client.post("/api/reco", json=REQUEST, headers={"Authorization": header}).status_code

        guesses = Counter(ask(f"Bearer {number}") for number in range(60))
        assert set(guesses) == {401, 429}
        assert guesses[401] <= 25
        assert ask(f"Bearer {TOKEN}") == ask(f"bearer {TOKEN}") == 200
        refused = client.post("/api/reco", json=REQUEST, headers={"Authorization": "no", "Origin": ORIGIN})
        assert refused.status_code == 429
        assert refused.headers["Access-Control-Allow-Origin"] == ORIGIN, "a script may read why"


def test_questions_of_browsers_are_counted_too(small_set: Path) -> None:
    with running_app(small_set, RECSYS_RATE="5/hour", RECSYS_CORS=ORIGIN) as address:
        asks = {"Origin": ORIGIN, "Access-Control-Request-Method": "POST"}
        answers = Counter(httpx.options(f"{address}/api/reco", headers=asks).status_code for _ in range(10))
    assert set(answers) == {200, 429}


def test_a_failure_is_json_and_says_nothing_of_the_inside() -> None:
    api = make_api()

    @api.get("/broken")
    def broken() -> None:
        raise RuntimeError("the inside")

    answer = TestClient(Telemetry(api, Metrics()), raise_server_exceptions=False).get("/broken")
    assert answer.status_code == 500
    assert "details" in answer.json()["error"]
    assert "inside" not in answer.text


@contextmanager
def black_hole() -> Iterator[tuple[str, list[object]]]:
    """A proxy that takes every connection and never answers, and those that it took."""
    taken: list[object] = []
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(0.1)
        done = threading.Event()

        def take() -> None:
            while not done.is_set():
                try:
                    taken.append(listening.accept())
                except TimeoutError:
                    continue

        taking = threading.Thread(target=take)
        taking.start()
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}", taken
        finally:
            done.set()
            taking.join()


def test_nothing_is_asked_of_the_web_whoever_knocks(small_set: Path) -> None:
    with black_hole() as (proxy, taken):
        ways_out = dict.fromkeys(("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"), proxy)
        with running_app(small_set, "--host", "0.0.0.0", **ways_out, no_proxy="127.0.0.1,localhost") as address:

            async def knock() -> list[int]:
                async with aiohttp.ClientSession(address) as session:

                    async def one() -> int:
                        try:
                            async with session.ws_connect(
                                "/_stcore/stream", headers={"Origin": "https://foreign.example"}
                            ):
                                return 200
                        except aiohttp.WSServerHandshakeError as error:
                            return error.status

                    return list(await asyncio.gather(*(one() for _ in range(10))))

            began = time.monotonic()
            assert set(asyncio.run(knock())) == {403}
            assert httpx.get(f"{address}/api/health", timeout=30).status_code == 200
            assert time.monotonic() - began < 5
        assert not taken


def test_files_that_no_page_asked_for_are_not_taken(address: str) -> None:
    async def upload() -> list[int]:
        async with at_the_pages(address), aiohttp.ClientSession(address) as session:
            found = []
            for number in range(3):
                url = f"/_stcore/upload_file/00000000-0000-0000-0000-000000000000/{number}"
                async with session.put(url, data={"file": io.BytesIO(b"x" * 10_000_000)}) as answer:
                    found.append(answer.status)
            return found

    before = memory_mb(address)
    assert asyncio.run(upload()) == [403, 403, 403]
    assert memory_mb(address) < before + 25


def test_on_the_page_that_asks_for_files_they_are_taken_within_bounds_and_given_back(address: str) -> None:
    async def upload() -> tuple[list[int], int]:
        jar = aiohttp.CookieJar(unsafe=True)  # of an address without a name, too
        async with aiohttp.ClientSession(address, cookie_jar=jar) as session, at_the_pages(address) as client:
            await session.get("/_stcore/health")
            [token] = [cookie.value for cookie in jar if cookie.key == "_streamlit_xsrf"]

            async def put(name: str, megabytes: int) -> int:
                url = f"/_stcore/upload_file/{client.session_id}/{name}"
                files = {"file": io.BytesIO(b"x" * megabytes * 1_000_000)}
                async with session.put(url, data=files, headers={"X-Xsrftoken": token}) as answer:
                    return answer.status

            before = await put("too-early", 1)
            await client.go("Your log")
            found = [before, await put("one", 60), await put("two", 60), await put("three", 90)]
            await client.go("Recommend")
            return found, await put("late", 1)

    before = memory_mb(address)
    assert asyncio.run(upload()) == ([403, 204, 204, 413], 403)
    time.sleep(1)
    assert memory_mb(address) < before + 60, "120 MB were given back when the page was left"


def test_whoever_looks_at_other_sets_takes_the_first_from_nobody(small_set: Path, tmp_path: Path) -> None:
    for name in ("one", "two", "three"):
        shutil.copytree(small_set, tmp_path / name)
    with running_app(None, RECSYS_SETS=str(tmp_path)) as address, httpx.Client(base_url=address, timeout=30) as client:
        home = client.post("/api/reco", json=REQUEST).headers["X-Recsys-Set"]

        async def look() -> None:
            for name in ("three", "two"):
                async with at_the_pages(address, f"?set={name}"):
                    pass

        asyncio.run(look())
        answers = [client.post("/api/reco", json=REQUEST) for _ in range(20)]
    assert {(one.status_code, one.headers.get("X-Recsys-Set")) for one in answers} == {(200, home)}
