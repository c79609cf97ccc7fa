"""Going through many tasks in the order of their moments, two batches at a time."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from recsys.core.progress import Report
from recsys.core.types import Longs
from recsys.data.next_click import batches_by_moment

BATCH = 256
"""Tasks answered together, all of one moment."""
BATCHES_AT_ONCE = 2
"""LightGBM and most of NumPy keep only one core busy with a batch."""

Done = TypeVar("Done")


def batch_by_batch(moments: Longs, work: Callable[[int, int], Done], report: Report) -> list[Done]:
    """What ``work`` makes of each batch of tasks, from one row up to another, in their order.

    ``moments`` are those of the tasks, ascending, shape (tasks,). One batch may overtake the other, so that ``work``
    depends on nothing but its batch.
    """
    batches = batches_by_moment(moments, BATCH)
    found: list[Done] = []
    with ThreadPoolExecutor(BATCHES_AT_ONCE) as threads:
        for (_, last), done in zip(batches, threads.map(lambda one: work(*one), batches), strict=True):
            found.append(done)
            report(last / len(moments))
    return found
