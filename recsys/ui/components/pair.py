"""Two lists side by side, with a line between the places of every article that both have.

A component of our own: lines from list to list are nothing that Streamlit has.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict

from recsys.ui.browser import component, on_click, place
from recsys.ui.components.article_lists import HEAD, ROW, Column

_mount = component("pair", ["dom", "tile", "card", "pair"], ["tile", "lists", "pair"])


def draw(a: Column, b: Column, chosen: int | None, on_choose: Callable[[int | None], None], key: str = "pair") -> None:
    """Draw the lists; ``on_choose`` is called with the id of a clicked article, None where it was the chosen one."""
    longest = max(len(a.cards), len(b.cards))
    with place(key, longest * ROW["wide"] + HEAD):
        _mount(
            key=key,
            data={"columns": [asdict(a), asdict(b)], "chosen": chosen},
            on_clicked_change=on_click(key, chosen, on_choose),
        )
