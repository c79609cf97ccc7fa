"""OTTO: the events of a session are a list."""

from __future__ import annotations

import pyarrow as arrow
import pyarrow.compute as compute


def unfold(table: arrow.Table) -> arrow.Table:
    """A row for every event."""
    lists = table["events"].combine_chunks()
    events = compute.list_flatten(lists)
    columns = {name: compute.struct_field(events, name) for name in ("aid", "ts", "type")}
    return arrow.table({"session": table["session"].take(compute.list_parent_indices(lists)), **columns})
