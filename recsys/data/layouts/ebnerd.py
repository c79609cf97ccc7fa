"""EB-NeRD: the articles clicked in an impression are a list; a reader's history is a row of several lists."""

from __future__ import annotations

import numpy as np
import pyarrow as arrow
import pyarrow.compute as compute

from recsys.core.types import MINUTE
from recsys.data.reading.layouts import ROW

CLICKED, OPENED, OPENED_AT = "article_ids_clicked", "article_id_fixed", "impression_time_fixed"
KEPT = (ROW, "user_id", "session_id", "impression_time", "device_type")
PAUSE = 30 * MINUTE
"""A history has no sessions: so long without a click ends one."""
FIRST_SESSION = 10**12
"""Beyond the numbers of the sessions of impressions."""


def unfold(table: arrow.Table) -> arrow.Table:
    """A row for every click."""
    if OPENED in table.column_names:
        return _of_histories(table)
    lists = table[CLICKED].combine_chunks()
    rows = compute.list_parent_indices(lists)
    kept = [name for name in KEPT if name in table.column_names]
    return table.select(kept).take(rows).append_column("article", compute.list_flatten(lists))


def _of_histories(table: arrow.Table) -> arrow.Table:
    moments, articles = (compute.list_flatten(table[name].combine_chunks()) for name in (OPENED_AT, OPENED))
    rows = compute.list_parent_indices(table[OPENED].combine_chunks())
    times = moments.cast(arrow.timestamp("ms")).cast(arrow.int64()).to_numpy()
    readers = rows.to_numpy()
    pauses = (np.diff(times, prepend=times[:1]) > PAUSE) | (np.diff(readers, prepend=readers[:1]) != 0)
    return arrow.table(
        {
            ROW: table[ROW].take(rows),
            "user_id": table["user_id"].take(rows),
            "session_id": arrow.array(FIRST_SESSION + np.cumsum(pauses)),
            "impression_time": moments,
            "article": articles,
        }
    )
