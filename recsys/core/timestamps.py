"""Moments as people write them: ISO 8601, UTC."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from recsys.core.types import MINUTE
from recsys.errors import InputError

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)


def full_minute(time: int) -> int:
    """The last full minute up to a moment, ms."""
    return time // MINUTE * MINUTE


def iso(time: int) -> str:
    """A moment in ms as "2017-10-10T12:00:00Z"; in plain ms beyond the calendar's years 1 to 9999."""
    try:
        moment = _EPOCH + time * _MILLISECOND
    except OverflowError:
        return f"{time} ms"
    return moment.isoformat(timespec="seconds" if time % 1000 == 0 else "milliseconds").replace("+00:00", "Z")


def in_words(time: int) -> str:
    """A moment in ms as "19:10 on 10 October 2017 (UTC)"; in plain ms beyond the calendar's years 1 to 9999."""
    try:
        moment = _EPOCH + time * _MILLISECOND
    except OverflowError:
        return f"{time} ms"
    return f"{moment:%H:%M} on {moment.day} {moment:%B %Y} (UTC)"


def parse_time(text: str) -> int:
    """ISO 8601 to ms; a time without a zone is UTC.

    Raises:
        InputError: the text is not a time.
    """
    try:
        moment = datetime.fromisoformat(text.strip())
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=UTC)
        return (moment - _EPOCH) // _MILLISECOND
    except (ValueError, OverflowError):
        raise InputError(f"{text[:40]!r} is not a time like 2017-10-10T12:00:00Z.") from None
