"""A new set published over the one in use, a damaged one, and none."""

import shutil
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from benchmarks.running_app import running_app
from recsys.artifacts.artifact_set import ArtifactSet
from recsys.artifacts.manifest import MANIFEST
from recsys.artifacts.publishing import contents_of, publish

REQUEST = {"history": [], "k": 5}


@pytest.fixture
def own_set(small_set: Path, tmp_path: Path) -> Path:
    return shutil.copytree(small_set, tmp_path / "own")


def publish_again(folder: Path) -> str:
    """The same set anew, as another training would publish it; the name of its files."""
    old = ArtifactSet.open(folder)
    return publish(folder, old.manifest.model_copy(update={"title": "Another"}), contents_of(old)).manifest.home


def wait_for(address: str, home: str) -> None:
    for _ in range(120):
        if httpx.get(f"{address}/api/health", timeout=30).headers.get("X-Recsys-Set") == home:
            return
        time.sleep(0.5)
    raise AssertionError("the new set is not taken up")


def test_a_new_set_is_taken_up_while_requests_run_and_none_of_them_fails(own_set: Path) -> None:
    first = ArtifactSet.open(own_set).manifest.home
    stop = threading.Event()

    def answers(address: str) -> Counter[tuple[int, str | None]]:
        found: Counter[tuple[int, str | None]] = Counter()
        with httpx.Client(base_url=address, timeout=60) as client:
            while not stop.is_set():
                answer = client.post("/api/reco", json=REQUEST)
                found[answer.status_code, answer.headers.get("X-Recsys-Set")] += 1
        return found

    with running_app(own_set, RECSYS_RATE="100000/second") as address, ThreadPoolExecutor(4) as clients:
        waiting = [clients.submit(answers, address) for _ in range(4)]
        try:
            second = publish_again(own_set)
            wait_for(address, second)
        finally:
            stop.set()
        answered = sum((one.result() for one in waiting), Counter[tuple[int, str | None]]())
        assert httpx.get(f"{address}/api/artifacts").json()["title"] == "Another"
    assert {status for status, _ in answered} == {200}
    assert {home for _, home in answered} <= {first, second}
    assert answered[200, first] > 0


def test_a_damaged_set_is_refused_with_a_line_and_the_old_one_goes_on(own_set: Path, tmp_path: Path) -> None:
    log = tmp_path / "log"
    sound = ArtifactSet.open(own_set).manifest
    with running_app(own_set, log=log) as address:
        before = httpx.post(f"{address}/api/reco", json=REQUEST, timeout=60).json()
        damaged = sound.model_copy(update={"home": "files-nowhere"})
        (own_set / "next").write_text(damaged.text())
        (own_set / "next").rename(own_set / MANIFEST)
        for _ in range(60):
            after = httpx.post(f"{address}/api/reco", json=REQUEST, timeout=60)
            assert (after.status_code, after.json()) == (200, before)
            if "a set is refused" in log.read_text():
                break
            time.sleep(0.2)
        refused = [line for line in log.read_text().splitlines() if "a set is refused" in line]
        assert len(refused) == 1
        assert "missing" in refused[0]
        wait_for(address, sound.home)
        wait_for(address, publish_again_from(sound.home, own_set))


def publish_again_from(home: str, folder: Path) -> str:
    """Mend the manifest, and publish."""
    sound = ArtifactSet(folder, ArtifactSet.open(folder).manifest.model_copy(update={"home": home}))
    (folder / MANIFEST).write_text(sound.manifest.text())
    return publish_again(folder)


def test_without_a_set_that_can_be_used_clients_are_told_to_come_back(own_set: Path) -> None:
    (own_set / MANIFEST).write_text("{}")
    with running_app(own_set) as address:
        for answer in (
            httpx.get(f"{address}/api/health"),
            httpx.post(f"{address}/api/reco", json=REQUEST),
            httpx.get(f"{address}/api/artifacts"),
        ):
            assert answer.status_code == 503
            assert answer.headers["Retry-After"].isdigit()
            assert str(own_set) not in answer.text
