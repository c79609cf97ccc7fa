"""What keeps observed clicks, so that a restart loses none and several servers know the same."""

from __future__ import annotations

import logging
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from recsys.core.entities import CONTEXT_FIELDS, Context, ObservedClick
from recsys.data.names import NUMBERS, Names
from recsys.errors import InputError, RecsysError

COLUMNS = ("id", "user_id", "article_id", "time", "session_id", *CONTEXT_FIELDS)
"""Of a stored click, besides its position."""
log = logging.getLogger(__name__)


class StoreError(RecsysError):
    """The store can't be read or written at the moment; nothing that was to be written is kept."""


@dataclass(frozen=True)
class Stored:
    """Clicks in the order in which they were written, and the position up to which they have been read."""

    clicks: list[ObservedClick]
    position: int


class EventStore(ABC):
    """Clicks in the order in which they were written, each at a position; positions only grow.

    Several processes may write and read at once. Whoever has read up to a position has all that was written before.
    """

    def append(self, clicks: Sequence[ObservedClick], names: Names = NUMBERS) -> int:
        """Write clicks, all or none, with ids as the log has them; how many were new. When it returns they are kept.

        Raises:
            StoreError: they can't be written; none is kept.
        """
        return self._insert(
            [
                (c.id, names.user(c.user_id), names.article(c.article_id), c.time, c.session_id, *c.context.codes())
                for c in clicks
            ]
        )

    def since(self, position: int, time: int, names: Names = NUMBERS) -> Stored:
        """The clicks at positions after ``position`` that are not older than ``time``, ms; their ids as numbers.

        Raises:
            StoreError: they can't be read.
        """
        found, odd = [], 0
        rows = self._select(position, time)
        for _, one, user, article, moment, session, *codes in rows:
            try:
                numbers = names.user_number(user), names.article_number(article)
            except InputError:  # written for a set whose ids are names, or the other way round
                odd += 1
                continue
            found.append(ObservedClick(one, *numbers, moment, Context(*codes), session))
        if odd:
            log.warning("stored clicks have ids that this set can't have", extra={"clicks": odd})
        return Stored(found, max((row[0] for row in rows), default=position))

    def clicks(self, names: Names = NUMBERS) -> list[ObservedClick]:
        """Every click. Errors as in ``since``."""
        return self.since(0, 0, names).clicks

    @abstractmethod
    def position(self) -> int:
        """The position of the click that was written last; 0 where there is none. Errors as in ``since``."""

    @abstractmethod
    def close(self) -> None:
        """Let go of it."""

    @abstractmethod
    def _insert(self, rows: Sequence[tuple[Any, ...]]) -> int:
        """Write rows with ``COLUMNS``, in one transaction; how many had an id that was not there."""

    @abstractmethod
    def _select(self, position: int, time: int) -> list[tuple[Any, ...]]:
        """The rows after a position, position first, in their order."""
