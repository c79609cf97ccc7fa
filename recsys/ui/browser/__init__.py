"""What runs in the browser: the parts of our own components, plain JavaScript and CSS without a build step."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.resources import files

import streamlit as st
from streamlit.components.v2.types import ComponentRenderer


def component(name: str, js: Sequence[str], css: Sequence[str] = ()) -> ComponentRenderer:
    """A component made of files of this folder, in the order given; the last script exports what is run."""
    return st.components.v2.component(f"recsys.{name}", js=_joined(js, "js"), css=_joined(css, "css") or None)


def keep_place(key: str, height: int) -> None:
    """Keep so many pixels free for the container of a key, so that nothing moves when the browser has drawn it."""
    st.html(f"<style>.st-key-{key.replace('.', '-')} {{ min-height: {height}px; }}</style>")


def _joined(names: Sequence[str], ending: str) -> str:
    return "\n".join((files(__package__) / f"{name}.{ending}").read_text("utf-8") for name in names)
