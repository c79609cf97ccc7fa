"""Answers requests that wait at the same time as one batch, which costs half of what they would one by one."""

from __future__ import annotations

import asyncio
import threading
from collections import defaultdict
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from queue import SimpleQueue

from recsys.core.entities import Request
from recsys.engine.engine import Engine
from recsys.engine.recommendation import Recommendation
from recsys.errors import InputError

AT_MOST = 16
"""Requests in a batch: with more, the first would wait for the last."""
Source = Callable[[], Engine]
"""Gives the engine that answers now, which may have to learn from clicks first."""


@dataclass(frozen=True)
class Answered:
    """An answer, and the engine that gave it."""

    engine: Engine
    found: Recommendation


@dataclass(frozen=True)
class Waiting:
    """A request, and where its answer is waited for."""

    source: Source
    request: Request
    answered: Future[Answered]


class RequestBatcher:
    """One thread that calls the engine; more would only wait for each other, since Python runs one at a time."""

    def __init__(self, name: str) -> None:
        self._queue: SimpleQueue[Waiting] = SimpleQueue()
        threading.Thread(target=self._work, name=name, daemon=True).start()

    @property
    def waiting(self) -> int:
        """How many requests wait, more or less."""
        return self._queue.qsize()

    async def recommend(self, source: Source, request: Request) -> Answered:
        """The engine's answer.

        Raises:
            InputError: the engine refuses the request.
        """
        waiting = Waiting(source, request, Future())
        self._queue.put(waiting)
        return await asyncio.wrap_future(waiting.answered)

    def _work(self) -> None:
        while True:
            batch = [self._queue.get()]
            while len(batch) < AT_MOST and not self._queue.empty():
                batch.append(self._queue.get())
            # Whoever has gone away in the meantime is not answered.
            by_source: dict[Source, list[Waiting]] = defaultdict(list)
            for one in batch:
                if one.answered.set_running_or_notify_cancel():
                    by_source[one.source].append(one)
            for source, group in by_source.items():
                _answer_from(source, group)


def _answer_from(source: Source, waiting: Sequence[Waiting]) -> None:
    try:
        engine = source()
    except Exception as error:
        for one in waiting:
            one.answered.set_exception(error)
        return
    groups: dict[object, list[Waiting]] = defaultdict(list)
    for one in waiting:
        groups[one.request.as_of, one.request.alike].append(one)
    for group in groups.values():
        _answer(engine, group)


def _answer(engine: Engine, group: Sequence[Waiting]) -> None:
    try:
        found = engine.recommend_all([one.request for one in group])
    except InputError as error:
        if len(group) == 1:
            group[0].answered.set_exception(error)
            return
        for one in group:  # one of them is wrong: one by one, so that the others are answered
            _answer(engine, [one])
    except Exception as error:
        for one in group:
            one.answered.set_exception(error)
    else:
        for one, answer in zip(group, found, strict=True):
            one.answered.set_result(Answered(engine, answer))
