"""Numbers as people type and say them."""

from __future__ import annotations

MOST_DIGITS = 25
WORDS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


def whole_number(text: str) -> int | None:
    """The number, or None where the text is anything but digits."""
    text = text.strip()
    return int(text) if text.isdecimal() and len(text) <= MOST_DIGITS else None


def in_words(number: int) -> str:
    """Up to ten as a word, beyond in digits."""
    return WORDS[number] if number < len(WORDS) else f"{number:,}"
