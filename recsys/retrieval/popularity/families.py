"""The families of contexts that clicks are counted by, and where their counts are kept."""

from __future__ import annotations

import numpy as np

from recsys.core.entities import CONTEXT_FIELDS
from recsys.core.types import Codes, Longs
from recsys.data.clicks import Clicks

FAMILIES: dict[str, tuple[str, ...]] = {
    "overall": (),
    "device": ("device",),
    "os": ("os",),
    "country": ("country",),
    "os_country": ("os", "country"),
    "device_country": ("device", "country"),
    "referrer": ("referrer",),
    "environment": ("environment",),
    "region": ("country", "region"),
}
"""What clicks are counted by: every family is a table of counts by the codes of its fields."""
CODE_BITS = 15
"""Bits of a code in a row's number."""


def _places(fields: tuple[str, ...]) -> Longs:
    """What one of each field's codes adds to the number of a row, shape (6,)."""
    places = np.zeros(len(CONTEXT_FIELDS), np.int64)
    for place, field in enumerate(reversed(fields)):
        places[CONTEXT_FIELDS.index(field)] = 1 << CODE_BITS * place
    return places


PLACES = {family: _places(fields) for family, fields in FAMILIES.items()}


def row_of(family: str, contexts: Codes) -> Longs:
    """The row of each context in a family's table: its codes, packed. Shape (n, 6) to (n,)."""
    return contexts @ PLACES[family]


def keys_of(family: str, clicks: Clicks) -> Longs:
    """What each click is counted as in a family's table, shape (clicks,)."""
    return (row_of(family, clicks.contexts) << 32) + clicks.items
