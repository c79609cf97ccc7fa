"""What is now, for a server that learns."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from recsys.core.entities import ObservedClick
from recsys.core.timestamps import full_minute, iso
from recsys.core.types import MINUTE
from recsys.errors import InputError


class Now(StrEnum):
    """What a server takes for now."""

    WALL = "wall"
    """The clock on the wall."""
    LOG = "log"
    """The last click that is known, so that a log of last week can be played on."""


def wall_clock() -> int:
    """The clock on the wall, ms since 1970 UTC."""
    return time.time_ns() // 1_000_000


@dataclass(frozen=True)
class Clock:
    """What is now, and what is in the future."""

    kind: Now = Now.WALL
    read: Callable[[], int] = wall_clock

    def now(self, end: int) -> int:
        """The moment of a request that names none, ms, where the last click known is just before ``end``.

        By the wall that is the last full minute: counts are as of then, and are not made anew for each request.
        """
        return end if self.kind is Now.LOG else max(end, full_minute(self.read()))

    def is_future(self, click: ObservedClick) -> bool:
        """Whether a click is from more than a minute ahead."""
        return click.time > self.read() + MINUTE

    def refuse_future(self, click: ObservedClick) -> None:
        """Refuse a click from more than a minute ahead: by it, all that is read now would be old.

        Raises:
            InputError: it is.
        """
        if self.is_future(click):
            raise InputError(
                f"The click {click.id!r} has the time {iso(click.time)}, more than a minute from now "
                f"({iso(self.read() // 1000 * 1000)}): set the clock that it comes from."
            )
