"""Numbers as people type them."""

from __future__ import annotations

MOST_DIGITS = 25


def whole_number(text: str) -> int | None:
    """The number, or None where the text is anything but digits."""
    text = text.strip()
    return int(text) if text.isdecimal() and len(text) <= MOST_DIGITS else None
