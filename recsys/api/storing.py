"""Takes in clicks, in a thread of its own: a store that is slow or locked keeps no answer waiting."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from queue import Full, Queue

from recsys.core.entities import ObservedClick
from recsys.events.learning import LearningEngine
from recsys.events.store import StoreError

MOST_WAITING = 64
"""Batches of clicks that may wait."""


@dataclass(frozen=True)
class Batch:
    """Clicks on their way to the store, and where it is waited for how many were new."""

    learning: LearningEngine
    clicks: Sequence[ObservedClick]
    kept: Future[int]


class ClickKeeper:
    """Keeps clicks one batch after the other; those that wait together are learned from together."""

    def __init__(self) -> None:
        self._queue: Queue[Batch] = Queue(MOST_WAITING)
        threading.Thread(target=self._work, name="storing", daemon=True).start()

    async def keep(self, learning: LearningEngine, clicks: Sequence[ObservedClick]) -> int:
        """Keep clicks; when this returns, they are on disk and the next answer knows them. How many were new.

        Raises:
            InputError: one of them makes no sense; then none is kept.
            StoreError: they can't be kept.
        """
        batch = Batch(learning, clicks, Future())
        try:
            self._queue.put_nowait(batch)
        except Full:
            raise StoreError("More clicks are waiting to be stored than can be at the moment.") from None
        return await asyncio.wrap_future(batch.kept)

    def _work(self) -> None:
        while True:
            batches = [self._queue.get()]
            while not self._queue.empty():
                batches.append(self._queue.get())
            results = [(batch, _kept(batch)) for batch in batches]
            for learning in {id(batch.learning): batch.learning for batch in batches}.values():
                _learn(learning)
            for batch, result in results:
                if batch.kept.set_running_or_notify_cancel():
                    if isinstance(result, int):
                        batch.kept.set_result(result)
                    else:
                        batch.kept.set_exception(result)


def _kept(batch: Batch) -> int | Exception:
    try:
        return batch.learning.take_in(batch.clicks)
    except Exception as error:  # the client gets it
        return error


def _learn(learning: LearningEngine) -> None:
    try:
        learning.warm_up()
    except Exception:  # the clicks are kept: whoever asks next gets what is wrong
        return
