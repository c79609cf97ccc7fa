"""What visitors leave behind is cleared away, whether or not somebody else comes."""

import asyncio
import time
from pathlib import Path

from benchmarks.page_client import at_the_pages
from benchmarks.running_app import memory_mb, open_files, running_app

VISITORS, AT_ONCE = 50, 5


async def come_and_go(address: str, visitors: int) -> None:
    async def visit() -> None:
        async with at_the_pages(address):
            pass

    for _ in range(0, visitors, AT_ONCE):
        await asyncio.gather(*(visit() for _ in range(AT_ONCE)))


def settled(address: str) -> float:
    """The memory once nothing is cleared away any more, MB."""
    held = [memory_mb(address)]
    while len(held) < 8 or held[-1] < 0.99 * held[-5]:
        time.sleep(4)
        held.append(memory_mb(address))
    return held[-1]


def test_after_fifty_visitors_the_server_holds_what_it_held_before(small_set: Path, tmp_path: Path) -> None:
    with running_app(small_set, log=tmp_path / "log", STREAMLIT_SERVER_DISCONNECTED_SESSION_TTL="2") as address:
        asyncio.run(come_and_go(address, 10))
        before, files = settled(address), open_files(address)
        asyncio.run(come_and_go(address, VISITORS))
        after = settled(address)
        assert after < 1.1 * before
        assert open_files(address) <= files + 5
