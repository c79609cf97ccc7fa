"""Prints how long pages take to follow when several people browse at once.

python -m benchmarks.visitors [--artifacts SET] [--visitors 8] [--seconds 60]

Each goes from page to page and picks other readers, reading for a while in between. No browser draws (``page_client``):
a time runs from what a person does to the last message of the page.
"""

from __future__ import annotations

import asyncio
import random
import time
from pathlib import Path

import click
import numpy as np

from benchmarks.hosted import hosted_python
from benchmarks.page_client import RETURNING, at_the_pages
from benchmarks.running_app import memory_mb, running_app

READING = (2.0, 6.0)
"""How long somebody looks at a page, at least and at most, s."""
STAYS = 0.6
"""How often the next thing is another list on the same page, not another page."""


async def visitor(address: str, until: float, luck: random.Random) -> list[float]:
    """Browse until a moment of the clock; how long each change took, ms."""
    took = []
    async with at_the_pages(address) as client:
        while time.perf_counter() < until:
            await asyncio.sleep(luck.uniform(*READING))
            stays = luck.random() < STAYS
            took.append(await (client.pick(RETURNING) if stays else client.go(luck.choice(list(client.pages)))))
    return took


async def all_visitors(address: str, visitors: int, seconds: float) -> list[float]:
    """What all of them waited, ms."""
    until = time.perf_counter() + seconds
    found = await asyncio.gather(*(visitor(address, until, random.Random(seed)) for seed in range(visitors)))
    return [one for took in found for one in took]


@click.command()
@click.option("--artifacts", type=click.Path(path_type=Path), help="Another set than artifacts/demo.")
@click.option("--visitors", default=8, show_default=True)
@click.option("--seconds", default=60.0, show_default=True)
def main(artifacts: Path | None, visitors: int, seconds: float) -> None:
    """Start the app, let them browse, and print the times."""
    with running_app(artifacts, log=Path("/dev/null"), python=hosted_python()) as address:
        took = asyncio.run(all_visitors(address, visitors, seconds))
        memory = memory_mb(address)
    p50, p95 = np.percentile(took, [50, 95])
    click.echo(
        f"{visitors} visitors, {len(took)} changes: p50 {p50:.0f} ms, p95 {p95:.0f} ms, longest {max(took):.0f} ms; "
        f"the process holds {memory:.0f} MB."
    )


if __name__ == "__main__":
    main()
