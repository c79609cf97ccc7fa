"""Prints how the API does under load from another process, with pages served beside it.

python -m benchmarks.load [--artifacts SET] [--rate 150] [--seconds 60] [--workers N]

The server is a process of its own, on the same cores. Meanwhile one person browses (``page_client``): every
few seconds, another reader is picked on the first page.

An open loop: requests leave at a steady rate, whether or not the earlier ones have been answered, so that a server that
falls behind shows it (as wrk2 does: no coordinated omission). A latency counts from when the request should have left.
"""

from __future__ import annotations

import asyncio
import json
import random
import time
from collections import Counter
from pathlib import Path

import aiohttp
import click
import numpy as np

from benchmarks.hosted import hosted_python
from benchmarks.page_client import browse
from benchmarks.running_app import ROOT, memory_mb, running_app

CONNECTIONS = 200
READING = 4.0
"""How long the person at the pages looks at a list, s."""


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


async def beside(
    address: str, users: list[int], rate: float, seconds: float, browsing: bool
) -> tuple[Counter[int], list[float], list[float]]:
    """What ``offer`` finds, and how long the changes of a page took of somebody who browses meanwhile, ms."""
    over = asyncio.Event()
    pages = asyncio.create_task(browse(address, over, READING)) if browsing else None
    statuses, took = await offer(address, users, rate, seconds)
    over.set()
    return statuses, took, [] if pages is None else await pages


def offered(address: str, users: list[int], rate: float, seconds: float, browsing: bool = False) -> dict[str, object]:
    """The same in figures."""
    statuses, took, pages = asyncio.run(beside(address, users, rate, seconds, browsing))
    p50, p99 = np.percentile(took, [50, 99]) if took else (np.nan, np.nan)
    found = {"rate": rate, "statuses": statuses, "p50_ms": round(float(p50), 1), "p99_ms": round(float(p99), 1)}
    return found | ({"page_changes_ms": [round(one) for one in pages]} if browsing else {})


def some_users(artifacts: Path | None) -> list[int]:
    """A thousand stored visitors of the set."""
    from recsys.artifacts.artifact_set import ArtifactSet

    users = ArtifactSet.open(artifacts or ROOT / "artifacts" / "demo").array("users")
    found: list[int] = np.random.default_rng(7).choice(users, min(1000, len(users)), replace=False).tolist()
    return found


@click.command()
@click.option("--artifacts", type=click.Path(path_type=Path), help="Another set than artifacts/demo.")
@click.option("--rate", default=150.0, show_default=True)
@click.option("--seconds", default=60.0, show_default=True)
@click.option("--workers", type=int, help="The API alone, by so many processes.")
@click.option(
    "--browse/--no-browse", "browsing", default=True, help="Somebody looks at pages meanwhile.", show_default=True
)
def main(artifacts: Path | None, rate: float, seconds: float, workers: int | None, browsing: bool) -> None:
    """Offer the rate, ten times the rate, and the rate again five seconds later."""
    users = some_users(artifacts)
    options = [] if workers is None else ["--workers", str(workers)]
    with running_app(
        artifacts, *options, log=Path("/dev/null"), python=hosted_python(), RECSYS_RATE="100000/second"
    ) as address:
        offered(address, users, rate / 5, 5)  # warm
        for name, times, span in (("the rate", 1, seconds), ("ten times", 10, seconds / 6), ("5 s later", 1, 10)):
            if name == "5 s later":
                time.sleep(5)
            found = offered(address, users, times * rate, span, browsing and workers is None)
            if workers is None:
                found["memory_mb"] = round(memory_mb(address))
            click.echo(f"{name}: {json.dumps(found)}")


if __name__ == "__main__":
    main()
