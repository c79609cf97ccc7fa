"""MIND: a line an impression, its articles in one cell, those clicked marked ``-1``."""

from __future__ import annotations

import pyarrow as arrow
import pyarrow.compute as compute

from recsys.data.reading.layouts import ROW

USER, TIME, SHOWN = "1", "2", "4"
"""The columns of ``behaviors.tsv`` that are read: whose, when, what was shown."""


def unfold(table: arrow.Table) -> arrow.Table:
    """A row for every click."""
    lists = compute.split_pattern(table[SHOWN].fill_null("").combine_chunks(), " ")
    rows, shown = compute.list_parent_indices(lists), compute.list_flatten(lists)
    clicked = compute.ends_with(shown, "-1")
    rows, shown = rows.filter(clicked), shown.filter(clicked)
    return arrow.table(
        {
            ROW: table[ROW].take(rows),
            "user": table[USER].take(rows),
            "time": table[TIME].take(rows),
            "article": compute.utf8_slice_codeunits(shown, 0, -2),
        }
    )
