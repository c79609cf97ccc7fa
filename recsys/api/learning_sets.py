"""The set that answers, and what it has learned since its training."""

from __future__ import annotations

import logging
import threading
from dataclasses import dataclass

from recsys.api.errors import StillLoadingError
from recsys.artifacts import open_sets
from recsys.artifacts.store import LoadedSet
from recsys.core.timestamps import iso
from recsys.core.types import DAY, MINUTE
from recsys.engine.engine import Engine
from recsys.events.clock import Clock, Now
from recsys.events.learning import LearningEngine
from recsys.events.store import EventStore

log = logging.getLogger(__name__)
LONG_AGO = DAY


@dataclass(frozen=True)
class Events:
    """Where clicks are kept, and what is now."""

    store: EventStore
    clock: Clock


@dataclass(frozen=True)
class AnsweringSet:
    """A set, and its engine as it learns; without one, the engine stays as it was trained."""

    loaded: LoadedSet
    learning: LearningEngine | None

    def engine(self) -> Engine:
        """The engine that answers now."""
        return self.loaded.engine if self.learning is None else self.learning.now()

    def is_now(self, time: int) -> bool:
        """Whether a moment, ms, is the present one by the clock on the wall, of which answers know the full minutes."""
        if self.learning is None or self.learning.clock.kind is Now.LOG:
            return False
        return self.known.end < time <= self.learning.clock.read() + MINUTE

    @property
    def known(self) -> Engine:
        """The engine, without asking whether more has come in."""
        return self.loaded.engine if self.learning is None else self.learning.known


class LearningSets:
    """The set that the pages start with; a new one takes over once it has learned from the stored clicks.

    Args:
        events: None for a server that takes in no clicks.
    """

    def __init__(self, events: Events | None = None) -> None:
        self._events = events
        self._answering: AnsweringSet | None = None
        self._preparing: LoadedSet | None = None
        self._lock = threading.Lock()

    def now(self) -> AnsweringSet:
        """The set to answer with.

        Raises:
            StillLoadingError: the first one is being read, or learns from the stored clicks.
            ArtifactError: there is none that can be used.
        """
        loaded = open_sets.first_set().now()
        if loaded is None:
            raise StillLoadingError
        with self._lock:
            if self._answering is None or self._answering.loaded is not loaded:
                if self._events is None:
                    self._answering = AnsweringSet(loaded, None)
                elif self._preparing is not loaded:
                    self._preparing = loaded
                    threading.Thread(target=self._prepare, args=(loaded, self._events), daemon=True).start()
            if self._answering is None:
                raise StillLoadingError
            return self._answering

    def _prepare(self, loaded: LoadedSet, events: Events) -> None:
        try:
            learning = self._learned(loaded, events)
        except Exception:  # the set before goes on; a thread that dies unseen would leave nobody a clue
            log.exception("a set can't learn from the stored clicks", extra={"set": loaded.manifest.home})
            return
        with self._lock:
            if self._preparing is loaded:
                self._answering = AnsweringSet(loaded, learning)

    @staticmethod
    def _learned(loaded: LoadedSet, events: Events) -> LearningEngine:
        learning = LearningEngine(loaded.engine, events.store, events.clock)
        clock = events.clock
        if clock.kind is Now.WALL and clock.read() - loaded.engine.end > LONG_AGO:
            days = (clock.read() - loaded.engine.end) // DAY
            log.warning(
                "the set's log ended days ago, so that little of it counts now; --clock log would go on where it ends",
                extra={"days": days, "until": iso(loaded.engine.end)},
            )
        learning.warm_up()
        return learning
