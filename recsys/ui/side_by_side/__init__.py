"""Lists side by side; an article that is pointed at, or chosen, is highlighted in all of them.

A component of our own: Streamlit's tables neither wrap headlines nor know of each other.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from importlib.resources import files

import streamlit as st

_mount = st.components.v2.component(
    "recsys.side_by_side",
    css=(files(__package__) / "style.css").read_text("utf-8"),
    js=(files(__package__) / "behaviour.js").read_text("utf-8"),
)


@dataclass(frozen=True)
class Entry:
    """An article in a list; ``note`` is a remark under it, ``hit`` whether it was opened next."""

    id: int
    title: str
    note: str
    hit: bool


@dataclass(frozen=True)
class Column:
    """A list: its name, its colour in the theme, its articles in order, and what to say where there is none."""

    label: str
    colour: str
    entries: Sequence[Entry]
    empty: str


def draw(
    columns: Sequence[Column],
    chosen: int | None,
    on_choose: Callable[[int | None], None],
    key: str = "side_by_side",
) -> None:
    """Draw the lists; ``on_choose`` is called with the id of a clicked article, None where it was the chosen one."""

    def clicked() -> None:
        article_id = int(st.session_state[key]["clicked"])
        on_choose(None if article_id == chosen else article_id)

    data = {"columns": [asdict(column) for column in columns], "chosen": chosen}
    _mount(key=key, data=data, on_clicked_change=clicked)
