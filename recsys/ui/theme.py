"""How each algorithm looks, the same everywhere. The colours themselves stand in ``.streamlit/config.toml``."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Look:
    """An algorithm's name on screen and its colour in the theme."""

    label: str
    short: str
    colour: str

    def badge(self, text: str) -> str:
        """A coloured label, as Streamlit's Markdown."""
        return f":{self.colour}-badge[{text}]"


LOOKS = {
    "item_cf": Look("Item-to-item CF", "CF", "blue"),
    "als": Look("ALS", "ALS", "violet"),
    "popularity": Look("Contextual popularity", "Popular", "orange"),
    "two_tower": Look("Two-tower", "Two-tower", "green"),
    "ensemble": Look("Reranked list", "Reranked", "red"),
}


def plain(text: str) -> str:
    """Text that Markdown shows as it is, in a table's cell too."""
    for character in "\\`*_[]$|<>~#:":
        text = text.replace(character, f"\\{character}")
    return text
