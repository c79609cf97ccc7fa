"""OTTO: the events of a session are a list."""

from __future__ import annotations

import pyarrow as arrow
import pyarrow.compute as compute

from recsys.data.reading.layouts import ROW


def unfold(table: arrow.Table) -> arrow.Table:
    """A row for every event."""
    lists = table["events"].combine_chunks()
    events = compute.list_flatten(lists)
    columns = {name: compute.struct_field(events, name) for name in ("aid", "ts", "type")}
    rows = compute.list_parent_indices(lists)
    return arrow.table({ROW: table[ROW].take(rows), "session": table["session"].take(rows), **columns})
