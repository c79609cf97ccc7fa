"""The reasons for which an article is recommended, in which all facts about it are summed up."""

from __future__ import annotations

from enum import StrEnum


class Reason(StrEnum):
    """Why an article stands where it stands, in the order in which pages list them."""

    JUST_READ = "Just read"
    TASTE = "Taste"
    POPULAR_NOW = "Popular now"
    FRESH = "Fresh"
    SAME_CONTEXT = "Same context"
    SIMILAR_READERS = "Similar readers"
    OPENED_BEFORE = "Opened before"
    """Only where what was opened may be listed again."""
