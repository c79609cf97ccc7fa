"""The work that is measured."""

from __future__ import annotations

import sys
import time
import tracemalloc
from collections.abc import Callable
from dataclasses import replace
from statistics import median
from types import FrameType

import numpy as np

from recsys.bench.report import Counts
from recsys.core.entities import Request
from recsys.core.types import HOUR
from recsys.data.clicks import Clicks
from recsys.engine.engine import Engine

PEAK_CLICKS = 25_600
"""In the busiest hour of the real log."""


def took(work: Callable[[], object]) -> float:
    """How long it takes, ms."""
    start = time.perf_counter()
    work()
    return 1000 * (time.perf_counter() - start)


def timed(work: Callable[[], object], repeats: int = 3) -> float:
    """The median of several runs, ms."""
    return median(took(work) for _ in range(repeats))


def some_visitors(engine: Engine, n: int) -> list[Request]:
    """Requests of stored visitors, drawn at random."""
    users = np.random.default_rng(7).choice(engine.user_ids, min(n, len(engine.user_ids)), replace=False)
    return [Request(user_id=user) for user in users.tolist()]


def advances(engine: Engine, repeats: int = 1) -> list[tuple[int, float]]:
    """For each hour of the replay, its clicks and how long they take to be taken in, ms: the median of the repeats."""
    moment, hours = engine.start, []
    for end in range(engine.start.time + HOUR, engine.end + 1, HOUR):
        clicks, before = engine.replay.between(moment.time, end), moment
        hours.append((len(clicks), timed(lambda: before.advance(clicks, engine.histories, end), repeats)))  # noqa: B023
        moment = engine.advance(moment, end)
    return hours


def busy_hour(engine: Engine, start: int, clicks: int = PEAK_CLICKS) -> Clicks:
    """As many real clicks as a busy hour has, or as there are, squeezed into one."""
    found = engine.replay.between(start, None).rows(slice(0, clicks))
    span = int(found.times[-1]) - start + 1
    return replace(found, times=start + (found.times - start) * (HOUR - 1) // span)


def counts(engine: Engine, requests: list[Request]) -> Counts:
    """What a request costs on any machine, the medians over some requests."""
    trees = engine.reranker.trees
    pools, steps, calls, allocated = [], [], [], []
    for request in requests:
        ranking = engine.recommend(request).ranking
        pools.append(len(ranking.pool))
        steps.append(trees * int(ranking.reranked.sum()))
        calls.append(_calls(engine, request))
        allocated.append(_allocated(engine, request))
    pool, step, call, kilobytes = (round(median(values)) for values in (pools, steps, calls, allocated))
    return Counts(pool=pool, steps=step, calls=call, allocated_kb=kilobytes)


def _calls(engine: Engine, request: Request) -> int:
    found = 0

    def count(_: FrameType, event: str, __: object) -> None:
        nonlocal found
        found += event in ("call", "c_call")

    sys.setprofile(count)
    try:
        engine.recommend(request)
    finally:
        sys.setprofile(None)
    return found


def _allocated(engine: Engine, request: Request) -> float:
    tracemalloc.start()
    try:
        engine.recommend(request)
        return tracemalloc.get_traced_memory()[1] / 1024
    finally:
        tracemalloc.stop()
