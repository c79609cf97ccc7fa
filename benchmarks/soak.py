"""Everything that a site does to a server, for long: requests, other moments, pages, clicks, new sets, one kill.

python -m benchmarks.soak [--artifacts SET] [--minutes 60] [--here]

Ends with status 1 where an answer was 500, an acknowledged click is lost, or the memory at the end is more than 10%
above that after the first ten minutes, where it runs for twenty at least. 0 stands for a connection that was cut.
"""

from __future__ import annotations

import asyncio
import json
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import aiohttp
import click
import numpy as np

from benchmarks.hosted import hosted_python
from benchmarks.load import some_users
from benchmarks.page_client import PageError, browse
from benchmarks.running_app import ROOT, free_port, memory_mb, start
from recsys.artifacts.artifact_set import ArtifactSet
from recsys.artifacts.publishing import contents_of, publish
from recsys.core.timestamps import iso, parse_time

REQUESTS, MOMENTS, POSTS, CLICKS = 20.0, 0.5, 2.0, 5
"""Requests, requests as of other moments and batches of clicks a second; clicks in a batch."""
VISITORS, READING = 2, 4.0
MOST_GROWTH = 1.10
WARM = 600.0
"""Seconds after which memory must not grow."""


@dataclass
class Soak:
    """What has happened so far."""

    address: str
    users: list[int]
    hours: tuple[int, int]
    statuses: dict[str, Counter[int]] = field(default_factory=dict)
    took: list[float] = field(default_factory=list)
    """Of requests as of now, ms."""
    acknowledged: list[str] = field(default_factory=list)
    memory: list[tuple[float, float]] = field(default_factory=list)
    """Seconds since the start, and MB."""
    sets: Counter[str] = field(default_factory=Counter)
    """How many answers each set has given."""

    async def ask(self, client: aiohttp.ClientSession, kind: str, path: str, body: object) -> bool:
        """Send a request, and note how it was answered; 0 where the connection broke."""
        counts = self.statuses.setdefault(kind, Counter())
        began = time.perf_counter()
        try:
            async with client.post(path, json=body) as answer:
                await answer.read()
                counts[answer.status] += 1
                if home := answer.headers.get("X-Recsys-Set"):
                    self.sets[home] += 1
                if answer.status == 200 and kind == "now":
                    self.took.append(1000 * (time.perf_counter() - began))
                return answer.status == 200
        except (aiohttp.ClientError, TimeoutError):
            counts[0] += 1
            return False

    async def now(self, client: aiohttp.ClientSession) -> None:
        """Ask for a list as of now."""
        await self.ask(client, "now", "/api/reco", {"user_id": random.choice(self.users), "k": 10})

    async def then(self, client: aiohttp.ClientSession) -> None:
        """Ask for one as of another moment."""
        body = {"user_id": random.choice(self.users), "as_of": iso(random.randrange(*self.hours))}
        await self.ask(client, "then", "/api/reco", body)

    async def click(self, client: aiohttp.ClientSession) -> None:
        """Send clicks of now."""
        number, now = random.getrandbits(60), f"{datetime.now(UTC):%FT%TZ}"
        batch = [
            {"id": f"{number}-{one}", "user_id": user, "article_id": random.randrange(200), "time": now}
            for one, user in enumerate(random.choices(self.users, k=CLICKS))
        ]
        if await self.ask(client, "clicks", "/api/clicks", {"clicks": batch}):
            self.acknowledged += [str(one["id"]) for one in batch]


async def steadily(
    work: Callable[[aiohttp.ClientSession], Awaitable[None]], rate: float, client: aiohttp.ClientSession, until: float
) -> None:
    """Do something at a steady rate, whether or not the last time is over."""
    tasks: set[asyncio.Task[None]] = set()
    number, began = 0, time.perf_counter()
    while time.perf_counter() < until:
        number += 1
        await asyncio.sleep(max(began + number / rate - time.perf_counter(), 0))
        task = asyncio.ensure_future(work(client))
        tasks.add(task)
        task.add_done_callback(tasks.discard)
    await asyncio.gather(*tasks)


async def at_pages(address: str, until: float) -> None:
    """Somebody who browses, and comes back where the connection breaks."""
    while time.perf_counter() < until:
        stop = asyncio.Event()
        asyncio.get_running_loop().call_later(max(until - time.perf_counter(), 0), stop.set)
        try:
            await browse(address, stop, READING)
        except (aiohttp.ClientError, PageError, OSError):
            await asyncio.sleep(1)


def publish_again(folder: Path) -> None:
    """The same set anew, as another training would publish it."""
    old = ArtifactSet.open(folder)
    publish(folder, old.manifest, contents_of(old))


class Server:
    """The app, which can be killed and started again."""

    def __init__(self, artifacts: Path, events: Path, log: Path, python: Path) -> None:
        self.port = free_port()
        self._options = (artifacts, "--events", str(events))
        self._log, self._python = log, python
        self._process = self._start()

    @property
    def address(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.port}"

    def kill_and_start(self) -> None:
        """Kill it as it is, and start it again."""
        self._process.send_signal(signal.SIGKILL)
        self._process.wait()
        self._process = self._start()

    def stop(self) -> None:
        """End it."""
        self._process.terminate()
        self._process.wait(30)

    def _start(self) -> subprocess.Popen[bytes]:
        return start(self.port, *self._options, log=self._log, python=self._python, RECSYS_RATE="100000/second")


async def soak(server: Server, artifacts: Path, seconds: float) -> Soak:
    """Run everything for so long."""
    manifest = ArtifactSet.open(artifacts).manifest
    hours = parse_time(manifest.trained_at), parse_time(manifest.until)
    found = Soak(server.address, some_users(artifacts), hours)
    began = time.perf_counter()
    until = began + seconds

    async def watch() -> None:
        while time.perf_counter() < until:
            with suppress(OSError):  # it is being started again
                found.memory.append((time.perf_counter() - began, await asyncio.to_thread(memory_mb, server.address)))
            await asyncio.sleep(max(seconds / 600, 1))

    async def disturb() -> None:
        """A kill in the first sixth, and a new set after a third and two thirds."""
        anew = partial(publish_again, artifacts)
        for share, what in ((1 / 10, server.kill_and_start), (1 / 3, anew), (2 / 3, anew)):
            await asyncio.sleep(max(began + share * seconds - time.perf_counter(), 0))
            await asyncio.to_thread(what)

    async with aiohttp.ClientSession(server.address, timeout=aiohttp.ClientTimeout(30)) as client:
        await asyncio.gather(
            steadily(found.now, REQUESTS, client, until),
            steadily(found.then, MOMENTS, client, until),
            steadily(found.click, POSTS, client, until),
            *(at_pages(server.address, until) for _ in range(VISITORS)),
            watch(),
            disturb(),
        )
    return found


def growth(memory: list[tuple[float, float]], seconds: float) -> tuple[float, float]:
    """The median memory from the tenth minute on, or after a sixth where it is shorter, and at the end, MB."""
    first = WARM if seconds >= 2 * WARM else seconds / 6
    early = [mb for at, mb in memory if first < at < first + seconds * 0.15]
    late = [mb for at, mb in memory if at > seconds * 0.85]
    return float(np.median(early)), float(np.median(late))


@click.command()
@click.option("--artifacts", type=click.Path(path_type=Path), default=ROOT / "artifacts" / "demo", show_default=False)
@click.option("--minutes", default=60.0, show_default=True)
@click.option("--here", is_flag=True, help="Serve with this interpreter, not with that of the hosted app.")
def main(artifacts: Path, minutes: float, here: bool) -> None:
    """Run it, print what happened, and say whether all is well."""
    with tempfile.TemporaryDirectory() as temporary:
        home = Path(temporary)
        own, events, log = Path(shutil.copytree(artifacts, home / "set")), home / "events.db", home / "log"
        server = Server(own, events, log, Path(sys.executable) if here else hosted_python())
        try:
            found = asyncio.run(soak(server, own, 60 * minutes))
        finally:
            server.stop()
        kept = {one for (one,) in sqlite3.connect(events).execute("SELECT id FROM clicks")}
        failures = [line for line in log.read_text().splitlines() if "a request failed" in line]
    lost = [one for one in found.acknowledged if one not in kept]
    p50, p99 = np.percentile(found.took, [50, 99])
    early, late = growth(found.memory, 60 * minutes)
    for kind, counts in found.statuses.items():
        click.echo(f"{kind}: {json.dumps(dict(sorted(counts.items())))}")
    click.echo(f"now: p50 {p50:.0f} ms, p99 {p99:.0f} ms, longest {max(found.took):.0f} ms")
    click.echo(f"clicks: {len(found.acknowledged):,} acknowledged, {len(lost)} of them lost, {len(kept):,} stored")
    click.echo(f"sets that answered: {len(found.sets)}")
    click.echo(f"memory: {early:.0f} MB at first, {late:.0f} MB at the end ({late / early - 1:+.1%})")
    grown = 60 * minutes >= 2 * WARM and late > MOST_GROWTH * early
    broken = [kind for kind, counts in found.statuses.items() if any(one >= 500 and one != 503 for one in counts)]
    if broken or failures or lost or grown or len(found.sets) < 2:
        click.echo(f"not well: {broken=}, {len(failures)} failures in the log, {len(lost)} clicks lost")
        sys.exit(1)


if __name__ == "__main__":
    main()
