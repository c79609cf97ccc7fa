"""How each algorithm looks, the same everywhere. The colours themselves stand in ``.streamlit/config.toml``."""

from __future__ import annotations

from dataclasses import dataclass

import plotly.io
import streamlit  # noqa: F401 - brings Plotly's template "streamlit"


@dataclass(frozen=True)
class Look:
    """A system's name on screen, its colour in the theme, and its mark in charts: for those who can't tell colours."""

    label: str
    short: str
    colour: str
    symbol: str

    def badge(self, text: str) -> str:
        """A coloured label, as Streamlit's Markdown."""
        return f":{self.colour}-badge[{text}]"


LOOKS = {
    "item_cf": Look("Item-to-item CF", "CF", "blue", "square"),
    "als": Look("ALS", "ALS", "violet", "diamond"),
    "popularity": Look("Contextual popularity", "Popular", "orange", "triangle-up"),
    "two_tower": Look("Two-tower", "Two-tower", "green", "cross"),
    "ensemble": Look("Reranked list", "Reranked", "red", "circle"),
}
"""The algorithms that the pages are about, in the order of the theme's colours for charts."""

BASELINES = {
    "seed": Look("The seed's system", "Seed", "gray", "star"),
    "popular-1h": Look("Popular in the last hour", "Popular 1 h", "gray", "triangle-down"),
    "v-sknn": Look("V-SkNN", "V-SkNN", "gray", "hexagon"),
}


def look(system: str) -> Look:
    """How a system looks; one that has no look of its own is grey, under its own name."""
    return LOOKS.get(system) or BASELINES.get(system) or Look(system, system, "gray", "circle-open")


def chart_colour(system: str) -> str:
    """The system's colour in charts: a placeholder for which the browser puts in the theme's, light or dark."""
    names = list(LOOKS)
    place = names.index(system) if system in names else len(names)
    return str(plotly.io.templates["streamlit"].layout.colorway[place])


def plain(text: str) -> str:
    """Text that Markdown shows as it is, in a table's cell too."""
    for character in "\\`*_[]$|<>~#:":
        text = text.replace(character, f"\\{character}")
    return text


def unbroken(text: str) -> str:
    """Text that stays on one line."""
    return text.replace(" ", "\N{NO-BREAK SPACE}").replace("-", "\N{NON-BREAKING HYPHEN}")
