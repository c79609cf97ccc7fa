"""EB-NeRD: the articles clicked in an impression are a list."""

from __future__ import annotations

import pyarrow as arrow
import pyarrow.compute as compute

from recsys.data.reading.layouts import ROW

CLICKED = "article_ids_clicked"
KEPT = (ROW, "user_id", "session_id", "impression_time", "device_type")


def unfold(table: arrow.Table) -> arrow.Table:
    """A row for every click."""
    lists = table[CLICKED].combine_chunks()
    rows = compute.list_parent_indices(lists)
    kept = [name for name in KEPT if name in table.column_names]
    return table.select(kept).take(rows).append_column("article", compute.list_flatten(lists))
