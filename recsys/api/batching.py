"""Answers requests that wait at the same time as one batch, which costs half of what they would one by one."""

from __future__ import annotations

import asyncio
import threading
from collections import defaultdict
from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from queue import SimpleQueue
from typing import Any

from recsys.core.entities import Request
from recsys.engine.engine import Engine
from recsys.engine.recommendation import Recommendation
from recsys.errors import InputError

AT_MOST = 16
"""Requests in a batch: with more, the first would wait for the last."""


@dataclass(frozen=True)
class Waiting:
    """A request, and where its answer is waited for."""

    engine: Engine
    request: Request
    answered: Future[Recommendation]


class RequestBatcher:
    """One thread that calls the engine; more would only wait for each other, since Python runs one at a time."""

    def __init__(self) -> None:
        self._queue: SimpleQueue[Waiting] = SimpleQueue()
        threading.Thread(target=self._work, name="answering", daemon=True).start()

    async def recommend(self, engine: Engine, request: Request) -> Recommendation:
        """The engine's answer.

        Raises:
            InputError: the engine refuses the request.
        """
        waiting = Waiting(engine, request, Future())
        self._queue.put(waiting)
        return await asyncio.wrap_future(waiting.answered)

    def _work(self) -> None:
        while True:
            batch = [self._queue.get()]
            while len(batch) < AT_MOST and not self._queue.empty():
                batch.append(self._queue.get())
            groups: dict[Any, list[Waiting]] = defaultdict(list)
            for one in batch:
                # Whoever has gone away in the meantime is not answered.
                if one.answered.set_running_or_notify_cancel():
                    groups[id(one.engine), one.request.as_of, one.request.without].append(one)
            for group in groups.values():
                _answer(group)


def _answer(group: Sequence[Waiting]) -> None:
    try:
        found = group[0].engine.recommend_all([one.request for one in group])
    except InputError as error:
        if len(group) == 1:
            group[0].answered.set_exception(error)
            return
        for one in group:  # one of them is wrong: one by one, so that the others are answered
            _answer([one])
    except Exception as error:
        for one in group:
            one.answered.set_exception(error)
    else:
        for one, answer in zip(group, found, strict=True):
            one.answered.set_result(answer)
