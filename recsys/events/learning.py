"""An engine that keeps learning from the clicks that come in."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Sequence

from recsys.core.entities import ObservedClick, Request
from recsys.engine.engine import Engine
from recsys.engine.knowledge import check
from recsys.errors import InputError
from recsys.events.clock import Clock, Now
from recsys.events.store import EventStore, StoreError

log = logging.getLogger(__name__)


class LearningEngine:
    """The engine as it is now: with every click that any server has stored.

    Where the store can't be read, it goes on with what it knows; ``problem`` says so, and ``age`` how old that is.

    Args:
        engine: as it was trained.
        store: where clicks are kept; those older than the engine's training are history to it.
        clock: what is now; by default the last click.
    """

    def __init__(self, engine: Engine, store: EventStore, clock: Clock | None = None) -> None:
        self.clock = clock or Clock(Now.LOG)
        self.problem: str | None = None
        """Why the store can't be read or written, None where it can."""
        self._engine = engine
        self._store = store
        self._position = 0
        self._looked: float | None = None
        """When all that was stored was known for the last time, where the store can't be read now."""
        self._lock = threading.Lock()
        self._catch_up()

    def take_in(self, clicks: Sequence[ObservedClick]) -> int:
        """Keep clicks: every request that follows knows of them. How many were new.

        Raises:
            InputError: one of them makes no sense; then none is kept.
            StoreError: they can't be kept; then none is.
        """
        for click in clicks:
            check(click, self._engine.moments.first)
            self.clock.refuse_future(click)
        self._keep_names(clicks)
        try:
            new = self._store.append(clicks, self._engine.names)
        except StoreError as error:
            self.problem = str(error)
            raise
        self.problem = None
        return new

    def warm_up(self) -> None:
        """Learn, and work out what the next answer needs, so that nobody waits for it."""
        engine = self.now()
        engine.recommend_all([Request(), *(Request(user) for user in engine.user_ids[:1].tolist())])

    def now(self) -> Engine:
        """The engine that knows of every click that has been stored so far."""
        with self._lock:
            self._catch_up()
            self._engine = self._engine.until(self.clock.now(self._engine.end))
            return self._engine

    @property
    def known(self) -> Engine:
        """The engine with what it knew last; nobody is asked."""
        return self._engine

    @property
    def age(self) -> float:
        """How long ago all that was stored was known, s; 0 where it is known."""
        return 0.0 if self._looked is None else time.monotonic() - self._looked

    def _catch_up(self) -> None:
        try:
            if self._store.position() != self._position:
                found = self._store.since(self._position, self._engine.moments.first, self._engine.names)
                self._observe(found.clicks)
                self._position = found.position
        except StoreError as error:
            if self._looked is None:
                log.error("stored clicks can't be read", extra={"reason": str(error)})
                self._looked = time.monotonic()
            self.problem = str(error)
        else:
            if self._looked is not None:
                self._looked = self.problem = None

    def _observe(self, clicks: Sequence[ObservedClick]) -> None:
        usable = [click for click in clicks if self._makes_sense(click)]
        if len(usable) < len(clicks):
            log.warning("stored clicks make no sense and are left out", extra={"clicks": len(clicks) - len(usable)})
        self._keep_names(usable)
        self._engine = self._engine.observe(usable)

    def _makes_sense(self, click: ObservedClick) -> bool:
        """Whether a click can be learned from: another version, or another set, may have stored what can't."""
        try:
            check(click, self._engine.moments.first)
        except InputError:
            return False
        return not self.clock.is_future(click)

    def _keep_names(self, clicks: Sequence[ObservedClick]) -> None:
        for click in clicks:
            self._engine.names.keep(click.user_id, click.article_id)
