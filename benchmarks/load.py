"""Prints how the API stands a load from a second process, pages answering beside it.

python -m benchmarks.load [--artifacts SET] [--rate 150] [--seconds 60] [--workers N]

Meanwhile one visitor browses: every few seconds, another visitor's list is asked for on the first page.

An open loop: requests leave at a steady rate, whether or not the earlier ones have been answered, so that a server that
falls behind shows it (as wrk2 does: no coordinated omission). A latency counts from when the request should have left.
"""

from __future__ import annotations

import asyncio
import json
import random
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import aiohttp
import click
import numpy as np
from playwright.sync_api import Page

from benchmarks.browsing import another_visitor, browser_page, timed
from benchmarks.running_app import ROOT, memory_mb, running_app

CONNECTIONS = 200
READING = 4.0
"""How long the visitor of the pages looks at a list, s."""


async def offer(address: str, users: list[int], rate: float, seconds: float) -> tuple[Counter[int], list[float]]:
    """Send requests at a rate; how they were answered (0: not at all), and how long the good ones took, ms."""
    statuses: Counter[int] = Counter()
    took: list[float] = []

    async def ask(client: aiohttp.ClientSession, due: float) -> None:
        try:
            async with client.post("/api/reco", json={"user_id": random.choice(users), "k": 10}) as answer:
                await answer.read()
                statuses[answer.status] += 1
                if answer.status == 200:
                    took.append(1000 * (time.perf_counter() - due))
        except (aiohttp.ClientError, TimeoutError):
            statuses[0] += 1

    connector = aiohttp.TCPConnector(limit=CONNECTIONS)
    async with aiohttp.ClientSession(address, connector=connector, timeout=aiohttp.ClientTimeout(30)) as client:
        start, tasks = time.perf_counter(), []
        for number in range(round(rate * seconds)):
            due = start + number / rate
            await asyncio.sleep(max(due - time.perf_counter(), 0))
            tasks.append(asyncio.create_task(ask(client, due)))
        await asyncio.gather(*tasks)
    return statuses, took


def offered(address: str, users: list[int], rate: float, seconds: float) -> dict[str, object]:
    """The same from a process of its own."""
    code = (
        "import asyncio, json, sys; from benchmarks.load import offer; "
        "a, u, r, s = json.loads(sys.stdin.read()); n, t = asyncio.run(offer(a, u, r, s)); print(json.dumps([n, t]))"
    )
    asked = json.dumps([address, users, rate, seconds])
    done = subprocess.run(
        [sys.executable, "-c", code], input=asked, capture_output=True, text=True, cwd=ROOT, check=True
    )
    statuses, took = json.loads(done.stdout)
    p50, p99 = np.percentile(took, [50, 99]) if took else (np.nan, np.nan)
    return {"rate": rate, "statuses": statuses, "p50_ms": round(float(p50), 1), "p99_ms": round(float(p99), 1)}


def some_users(artifacts: Path | None) -> list[int]:
    """A thousand stored visitors of the set."""
    from recsys.artifacts import ArtifactSet

    users = ArtifactSet.open(artifacts or ROOT / "artifacts" / "demo").array("users")
    found: list[int] = np.random.default_rng(7).choice(users, min(1000, len(users)), replace=False).tolist()
    return found


def browsed(page: Page, load: Future[dict[str, object]]) -> list[int]:
    """How long each change of a page took while the load ran, ms."""
    took = []
    while not load.done():
        took.append(round(timed(page, lambda: another_visitor(page))))
        page.wait_for_timeout(1000 * READING)
    return took


@contextmanager
def somebody(address: str, browsing: bool) -> Iterator[Page | None]:
    """A browser at the first page, or none."""
    if not browsing:
        yield None
        return
    with browser_page(address) as page:
        yield page


@click.command()
@click.option("--artifacts", type=click.Path(path_type=Path), help="Another set than artifacts/demo.")
@click.option("--rate", default=150.0, show_default=True)
@click.option("--seconds", default=60.0, show_default=True)
@click.option("--workers", type=int, help="The API alone, by so many processes.")
@click.option("--browse/--no-browse", default=True, help="Somebody looks at pages meanwhile.", show_default=True)
def main(artifacts: Path | None, rate: float, seconds: float, workers: int | None, browse: bool) -> None:
    """Offer the rate, ten times the rate, and the rate again five seconds later."""
    users = some_users(artifacts)
    options = [] if workers is None else ["--workers", str(workers)]
    with (
        running_app(artifacts, *options, log=Path("/dev/null"), RECSYS_RATE="100000/second") as address,
        somebody(address, browse and workers is None) as page,
        ThreadPoolExecutor(1) as pool,
    ):
        offered(address, users, rate / 5, 5)  # warm
        for name, times, span in (("the rate", 1, seconds), ("ten times", 10, seconds / 6), ("5 s later", 1, 10)):
            if name == "5 s later":
                time.sleep(5)
            load = pool.submit(offered, address, users, times * rate, span)
            pages = {} if page is None else {"page_changes_ms": browsed(page, load)}
            found = load.result() | pages
            if workers is None:
                found["memory_mb"] = round(memory_mb(address))
            click.echo(f"{name}: {json.dumps(found)}")


if __name__ == "__main__":
    main()
