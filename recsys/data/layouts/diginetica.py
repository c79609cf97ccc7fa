"""Diginetica: the moment of a click is a day and the milliseconds since its session began.

Sessions of a day begin with it, therefore: their hours are not in the log.
"""

from __future__ import annotations

import pyarrow as arrow
import pyarrow.compute as compute

from recsys.core.types import DAY
from recsys.data.reading.layouts import ROW

SESSION, ITEM, SINCE, DATE = 0, 2, 3, 4
"""Its columns have been published under two sets of names."""


def unfold(table: arrow.Table) -> arrow.Table:
    """With moments, ms."""
    days = compute.strptime(table.column(DATE), "%Y-%m-%d", "s", error_is_null=True).cast(arrow.date32())
    since = table.column(SINCE).cast(arrow.int64())
    moments = compute.add(compute.multiply(days.cast(arrow.int32()).cast(arrow.int64()), DAY), since)
    return arrow.table({ROW: table[ROW], "session": table.column(SESSION), "item": table.column(ITEM), "time": moments})
