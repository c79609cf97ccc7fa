"""How each system looks, the same everywhere. The colours themselves are in ``.streamlit/config.toml``."""

from __future__ import annotations

from dataclasses import dataclass
from zlib import crc32

import streamlit as st

from recsys.backtest.baselines.registry import BASELINES
from recsys.core.entities import ENSEMBLE
from recsys.engine.candidates import SECTION_UNKNOWN
from recsys.retrieval.registry import RETRIEVERS


def capitalized(label: str) -> str:
    """A label at the beginning of a line; the rest of it stays as it is."""
    return label[0].upper() + label[1:]


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
    **{
        name: Look(capitalized(entry.label), entry.short_label, entry.colour, entry.mark)
        for name, entry in RETRIEVERS.items()
    },
    ENSEMBLE: Look("Final list", "Final", "red", "circle"),
}
"""The retrievers and, last, the reranked list."""

BASELINE_LOOKS = {name: Look(entry.label, entry.short_label, "gray", entry.mark) for name, entry in BASELINES.items()}

THEME_COLOURS = ("blue", "violet", "orange", "green", "red", "gray", "yellow")
"""The order of the theme's colours for charts (``chartCategoricalColors``)."""


def look(system: str) -> Look:
    """How a system looks; one that has no look of its own is grey, under its own name."""
    return LOOKS.get(system) or BASELINE_LOOKS.get(system) or Look(system, system, "gray", "circle-open")


def chart_colour(system: str) -> str:
    """The system's colour in charts: one for light pages, one for dark ones, of which the browser takes the right."""
    return theme_colour(look(system).colour)


def theme_colour(colour: str) -> str:
    """The same for a colour of the theme by its name; those that charts lack are grey."""
    position = THEME_COLOURS.index(colour if colour in THEME_COLOURS else "gray")
    light, dark = (st.get_option(f"theme.{base}.chartCategoricalColors")[position] for base in ("light", "dark"))
    return f"light-dark({light}, {dark})"


TILES = 12
"""How many colours there are for sections; those of the browser's ``tile.js``."""


def section_tile(section: str) -> int:
    """The number of a section's colour, the same everywhere; -1 where the section is unknown: it gets no tile."""
    return crc32(section.encode()) % TILES if section not in ("", SECTION_UNKNOWN) else -1


def plain(text: str) -> str:
    """Text that Markdown shows as it is, in a table's cell too."""
    for character in "\\`*_[]$|<>~#:":
        text = text.replace(character, f"\\{character}")
    return text
