"""The libraries that only training needs."""

from __future__ import annotations

from collections.abc import Collection
from importlib.util import find_spec

NEEDED_BY = {"implicit": "als", "sklearn": None, "torch": "two_tower"}
"""The retriever that each is for; None: every training needs it."""


def missing(without: Collection[str] = ()) -> list[str]:
    """Those that are not installed, where some retrievers are left out."""
    return [library for library, of in NEEDED_BY.items() if of not in without and find_spec(library) is None]
