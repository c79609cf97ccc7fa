"""Measures a set of artifacts."""

from __future__ import annotations

import gc
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np

from recsys.artifacts.store import load
from recsys.bench.report import BenchReport, Times
from recsys.bench.static_way import StaticWay
from recsys.bench.work import advances, busy_hour, counts, some_visitors, timed, took
from recsys.bench.yardstick import yardsticks
from recsys.core.entities import Request
from recsys.core.policy import Policy
from recsys.core.process import peak_memory_mb
from recsys.core.types import HOUR
from recsys.engine.batch_by_batch import BATCH, BATCHES_AT_ONCE
from recsys.engine.engine import Engine
from recsys.engine.recommendation import Recommendation
from recsys.policy.files import standard

ROUNDS = 5
VISITORS = 200
"""Stored visitors, each once a round."""
COUNTED = 20
EXPLAINED = 20
"""Articles whose scores are explained."""
BATCHES = 6
FIXED = 20
"""Times that each yardstick is taken in a round."""


def measure(folder: Path, rounds: int = ROUNDS, visitors: int = VISITORS) -> BenchReport:
    """Load a set and time its requests and the static way beside them, in turns: a busy machine is busy for both.

    Raises:
        ArtifactError: the set can't be used.
    """
    began = time.perf_counter()
    loaded = load(folder)
    load_s = time.perf_counter() - began
    engine = loaded.engine
    requests = some_visitors(engine, visitors)
    first_answer_s = took(lambda: engine.recommend(requests[0])) / 1000
    new = Request(history=())
    for request in [*requests, new]:
        engine.recommend(request)  # counts by context are laid out at the first request that needs them
    answers = [engine.recommend(request) for request in requests[:COUNTED]]
    _explain(engine, answers[0])
    hours = [ms for _, ms in advances(engine)]
    memory = peak_memory_mb()

    static = StaticWay.prepare(engine, requests)
    policy = standard()[-1]
    under = [replace(request, policy=policy) for request in requests]
    ours, under_policy, new_visitors, static_times, explained = [], [], [], [], []
    fixed = yardsticks()
    fixed_times: dict[str, list[list[float]]] = {name: [] for name in fixed}
    gc.freeze()  # what is loaded stays; looking it through now and then is no part of a request
    for _ in range(rounds):
        ours.append([took(lambda: engine.recommend(request)) for request in requests])  # noqa: B023
        under_policy.append([took(lambda: engine.recommend(request)) for request in under])  # noqa: B023
        static_times.append([took(lambda: static.recommend(user)) for user in static.visitor_vectors])  # noqa: B023
        new_visitors.append([took(lambda: engine.recommend(new)) for _ in requests])
        for name, task in fixed.items():
            fixed_times[name].append([took(task) for _ in range(FIXED)])
        explained.append([took(lambda: _explain(engine, answer)) for answer in answers])  # noqa: B023
    added = {policy.name: _added_by(engine, policy, requests, rounds) for policy in standard()}
    half = engine.at(engine.start.time + 6 * HOUR)
    busy = busy_hour(engine, half.time)
    return BenchReport(
        set=loaded.manifest.name,
        users=len(engine.user_ids),
        items=len(engine.articles),
        load_s=round(load_s, 3),
        first_answer_s=round(first_answer_s, 3),
        rss_mb=round(memory, 1),
        artifact_mb=round(sum(entry.bytes for entry in loaded.manifest.files.values()) / 1e6, 1),
        recommend_ms=Times.of(ours),
        policy_ms=Times.of(under_policy),
        policies_add_ms=added,
        new_visitor_ms=Times.of(new_visitors),
        static_recommend_ms=Times.of(static_times),
        explain_ms=Times.of(explained),
        batch_per_s=round(_batch_per_s(engine, requests, rounds)),
        advance_hour_ms=Times.of([hours, *([ms for _, ms in advances(engine)] for _ in range(2))]),
        advance_busy_hour_ms=round(timed(lambda: half.advance(busy, engine.histories, half.time + HOUR)), 1),
        counts=counts(engine, requests[:COUNTED]),
        yardstick_ms={name: Times.of(times) for name, times in fixed_times.items()},
    )


def _added_by(engine: Engine, policy: Policy, requests: Sequence[Request], rounds: int) -> float:
    """What a policy adds to a request, ms: each is asked both ways, in turns."""
    added = []
    for number in range(rounds * len(requests)):
        both = requests[number % len(requests)], replace(requests[number % len(requests)], policy=policy)
        ms = [took(lambda: engine.recommend(one)) for one in both[:: 1 - 2 * (number % 2)]]  # noqa: B023
        added.append((ms[1] - ms[0]) * (1 - 2 * (number % 2)))
    return round(float(np.median(added)), 3)


def _explain(engine: Engine, answer: Recommendation) -> None:
    """What the scores of the best articles of an answer are made of."""
    ranking = answer.ranking
    engine.reranker.contributions(ranking.features_of(ranking.order[:EXPLAINED]))


def _batch_per_s(engine: Engine, requests: list[Request], rounds: int) -> float:
    """Visitors a second in large batches, as in backtests and ``recommend-all``."""
    moment = engine.at(engine.end)
    batch = [requests[number % len(requests)] for number in range(BATCH)]
    with ThreadPoolExecutor(BATCHES_AT_ONCE) as threads:
        took_ms = timed(lambda: list(threads.map(lambda _: engine.rank(batch, moment), range(BATCHES))), rounds)
    return 1000 * BATCH * BATCHES / took_ms
