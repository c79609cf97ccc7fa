"""Moments as people write them: ISO 8601, UTC."""

from __future__ import annotations

from datetime import UTC, datetime

from recsys.errors import InputError


def iso(time: int) -> str:
    """A moment in ms as "2017-10-10T12:00:00Z"."""
    moment = datetime.fromtimestamp(time / 1000, UTC)
    return moment.isoformat(timespec="seconds" if time % 1000 == 0 else "milliseconds").replace("+00:00", "Z")


def parse(text: str) -> int:
    """ISO 8601 to ms; a time without a zone is UTC.

    Raises:
        InputError: the text is no such time.
    """
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        raise InputError(f"{text!r} is not a time like 2017-10-10T12:00:00Z.") from None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return round(moment.timestamp() * 1000)
