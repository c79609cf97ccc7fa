"""Adressa: events without an article, at the front page, are no clicks."""

from __future__ import annotations

import pyarrow as arrow
import pyarrow.compute as compute


def unfold(table: arrow.Table) -> arrow.Table:
    """With what each event is; articles of the published sample, which has no ids, are known by their addresses."""
    if "id" not in table.column_names:
        table = table.append_column(
            "id", compute.if_else(compute.match_substring(table["url"], "/20"), table["url"], None)
        )
    return table.append_column("kind", compute.if_else(compute.is_valid(table["id"]), "article", "front page"))
