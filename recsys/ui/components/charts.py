"""Charts with their table beneath, and tables with their download."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pandas as pd
import streamlit as st

from recsys.ui.browser import place
from recsys.ui.figures.shapes import Figure
from recsys.ui.page_context import page_context
from recsys.ui.theme import plain, theme_colour


def show(figure: Figure, description: str, rows: pd.DataFrame, name: str) -> None:
    """Draw a chart and, in an expander under it, its table; the arguments are those of ``draw`` and ``table``."""
    draw(figure, description, name)
    on_demand(lambda: rows, name)


def draw(figure: Figure, description: str, name: str) -> None:
    """Draw a chart.

    Args:
        figure: the chart.
        description: what it shows, for those who can't see it.
        name: of the chart on the page.
    """
    gray = theme_colour("gray")  # Streamlit's own is too pale to read
    config = {"axis": {"labelColor": gray, "titleColor": gray, "labelLimit": 0}, "text": {"color": gray}}
    drawn_as = {"embedOptions": {"renderer": "svg"}}  # on a canvas, ``light-dark`` is no colour
    if figure.legend:
        st.markdown(
            " &emsp; ".join(f":{one.colour}[{one.character}]&nbsp;{unbroken(one.label)}" for one in figure.legend)
        )
    spec = {**figure.spec, "config": config, "usermeta": drawn_as}
    with place(f"chart_{name}", figure.height):
        st.vega_lite_chart(figure.rows, spec, alt=description, key=f"chart_{name}")


def unbroken(label: str) -> str:
    """A label in Markdown that stays on one line."""
    return plain(label).replace(" ", "&nbsp;")


def on_demand(
    rows: Callable[[], pd.DataFrame],
    name: str,
    label: str = "Show as a table",
    columns: Mapping[str, Any] | None = None,
) -> None:
    """A table that is made and drawn once somebody unfolds it; other arguments as in ``table``."""
    folded(label, f"table_of_{name}", lambda: table(rows(), name, columns))


def folded(label: str, key: str, draw: Callable[[], None]) -> None:
    """A part that is closed at first: it is drawn only while it is open, and nothing of it is loaded before."""
    box = st.expander(label, key=key, on_change="rerun")
    if box.open:
        with box:
            draw()


def table(rows: pd.DataFrame, name: str, columns: Mapping[str, Any] | None = None) -> None:
    """A table and its download; ``columns`` are Streamlit's settings of columns by name."""
    shown = with_ids_of_the_log(rows)
    st.dataframe(shown, hide_index=True, key=f"table_{name}", column_config=columns, placeholder="")
    download(rows, name)


def with_ids_of_the_log(rows: pd.DataFrame) -> pd.DataFrame:
    """A table with the ids of readers and articles as the log of the open set has them."""
    names = page_context().loaded.engine.names
    outside = {"visitor": (names.users, names.user), "article_id": (names.articles, names.article)}
    changed = {
        column: [outside_id(one) for one in rows[column].tolist()]
        for column, (kept, outside_id) in outside.items()
        if kept is not None and column in rows
    }
    return rows.assign(**changed) if changed else rows


def reader_column() -> Any:
    """Streamlit's settings of a column with ids of readers."""
    names = page_context().loaded.engine.names
    return "Reader" if names.users is not None else st.column_config.NumberColumn("Reader", format="%d")


def download(rows: pd.DataFrame, name: str) -> None:
    """A button for a table as CSV; the file is named after what it is and whose."""
    content = with_ids_of_the_log(rows).to_csv(index=False).encode()
    file = f"{page_context().file_name(name)}.csv"
    st.download_button("Download as CSV", content, file, "text/csv", icon=":material/download:", key=f"download_{name}")
