"""What runs in the browser: the parts of our own components, plain JavaScript and CSS without a build step."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from importlib.resources import files

import streamlit as st
from streamlit.components.v2.types import ComponentRenderer
from streamlit.delta_generator import DeltaGenerator

TALL, UNIT, MOST = "tall", 32, 40
"""What the keys of kept places end with, in so many pixels, up to so many times."""
CONTROL = 64
"""Height of a control with its label, pixels."""


def component(name: str, js: Sequence[str], css: Sequence[str] = ()) -> ComponentRenderer:
    """A component made of files of this folder, in the order given; the last script exports what is run."""
    return st.components.v2.component(f"recsys.{name}", js=_joined(js, "js"), css=_joined(css, "css") or None)


def on_click(key: str, chosen: int | None, choose: Callable[[int | None], None]) -> Callable[[], None]:
    """What a component calls when an article is clicked: ``choose`` with its id, or with None for the chosen one."""

    def clicked() -> None:
        article_id = int(st.session_state[key]["clicked"])
        choose(None if article_id == chosen else article_id)

    return clicked


def place(key: str, height: int) -> DeltaGenerator:
    """A container that is at least so many pixels high before the browser has drawn what is in it, so that nothing
    moves then.
    """
    return st.container(key=f"place_{key}_{TALL}{min(height // UNIT, MOST):03d}")


@lru_cache(maxsize=2)
def page_style(pages: tuple[str, ...]) -> str:
    """The style of the whole page; ``pages`` are the names of all pages, which begin the keys of their choices."""
    tall = (f'[class*="_{TALL}{units:03d}"] {{ min-height: {units * UNIT}px; }}' for units in range(1, MOST + 1))
    choices = (f'[class*="st-key-{name}-"] {{ min-height: {CONTROL}px; }}' for name in pages)
    return "\n".join([*tall, *choices, _joined(["page"], "css")])


def _joined(names: Sequence[str], ending: str) -> str:
    return "\n".join((files(__package__) / f"{name}.{ending}").read_text("utf-8") for name in names)
