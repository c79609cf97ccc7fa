"""Prints what an honest client waits while others ask as of moments at random.

python -m benchmarks.looking_back [--artifacts SET] [--seconds 20]

Thirty connections, six such requests a second: with the budget that each client has, and without. The honest client
asks as of now, one request after the other. Its times alone come first.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter
from pathlib import Path

import aiohttp
import click
import numpy as np

from benchmarks.hosted import hosted_python
from benchmarks.load import some_users
from benchmarks.running_app import ROOT, running_app
from recsys.artifacts.artifact_set import ArtifactSet
from recsys.core.timestamps import iso, parse_time

CONNECTIONS, RATE = 30, 6.0


async def ask(client: aiohttp.ClientSession, who: str, body: dict[str, object]) -> tuple[int, float]:
    """Send a request; how it was answered, and after how many ms."""
    began = time.perf_counter()
    async with client.post("/api/reco", json=body, headers={"X-Forwarded-For": who}) as answer:
        await answer.read()
        return answer.status, 1000 * (time.perf_counter() - began)


async def beside(address: str, users: list[int], hours: tuple[int, int], seconds: float, attack: bool) -> str:
    """What both sides saw, in words."""
    until = time.perf_counter() + seconds
    async with aiohttp.ClientSession(address, connector=aiohttp.TCPConnector(limit=CONNECTIONS + 1)) as client:

        async def honest() -> list[float]:
            took = []
            while time.perf_counter() < until:
                took.append((await ask(client, "192.0.2.1", {"user_id": random.choice(users)}))[1])
                await asyncio.sleep(0.02)
            return took

        seen: Counter[int] = Counter()

        async def attacker() -> None:
            while attack and time.perf_counter() < until:
                body: dict[str, object] = {"user_id": random.choice(users), "as_of": iso(random.randrange(*hours))}
                seen[(await ask(client, "192.0.2.2", body))[0]] += 1
                await asyncio.sleep(random.expovariate(RATE / CONNECTIONS))

        waiting = [asyncio.create_task(attacker()) for _ in range(CONNECTIONS)]
        took = await honest()
        await asyncio.gather(*waiting)
    p50, p99 = np.percentile(took, [50, 99])
    return f"p50 {p50:.0f} ms, p99 {p99:.0f} ms, longest {max(took):.0f} ms; the others: {dict(seen)}"


@click.command()
@click.option("--artifacts", type=click.Path(path_type=Path), default=ROOT / "artifacts" / "demo", show_default=False)
@click.option("--seconds", default=20.0, show_default=True)
def main(artifacts: Path, seconds: float) -> None:
    """Ask alone, beside them within their budget, and without one."""
    manifest = ArtifactSet.open(artifacts).manifest
    hours, users = (parse_time(manifest.trained_at), parse_time(manifest.until)), some_users(artifacts)
    for name, budget in (("within the budget", "120/minute"), ("without one", "100000/second")):
        with running_app(artifacts, log=Path("/dev/null"), python=hosted_python(), RECSYS_MOMENTS=budget) as address:
            asyncio.run(beside(address, users, hours, 5, False))
            click.echo(f"alone: {asyncio.run(beside(address, users, hours, seconds, False))}")
            click.echo(f"{name}: {asyncio.run(beside(address, users, hours, seconds, True))}")


if __name__ == "__main__":
    main()
