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
COLUMNS = {family: tuple(map(CONTEXT_FIELDS.index, fields)) for family, fields in FAMILIES.items()}
"""Where the codes of a family's fields are in a context."""


def row_of(family: str, contexts: Codes) -> Longs:
    """The row of each context in a family's table: its codes, packed. Shape (n, 6) to (n,)."""
    row = np.zeros(len(contexts), np.int64)
    for column in COLUMNS[family]:
        row = (row << 15) | contexts[:, column]
    return row


def keys_of(family: str, clicks: Clicks) -> Longs:
    """What each click is counted as in a family's table, shape (clicks,)."""
    return (row_of(family, clicks.contexts) << 32) + clicks.items
