"""What the entry point hands to the page that it runs."""

from __future__ import annotations

import os
import sys
import threading
from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from recsys.domain import Recommendation
from recsys.errors import InputError
from recsys.store import LoadedSet
from recsys.ui.view import View

PAGES = Path(__file__).resolve().parents[2] / "pages"
FIRST_PAGE = "recommend"
NICENESS = 10
_KEY = "shown"


@dataclass(frozen=True)
class Shown:
    """The set and the view that the sidebar chose."""

    set_name: str
    loaded: LoadedSet
    view: View

    def answer(self) -> Recommendation:
        """The engine's answer for the view; where it has none, a sentence, and the page ends."""
        try:
            return self.loaded.engine.recommend(self.view.request())
        except InputError as error:
            st.error(str(error), icon=":material/error:")
            st.info("Type another id in the sidebar, or pick a visitor at random there.")
            st.stop()


def give_way() -> None:
    """Let the API's thread go first where both want a core: this run of a page takes a hundred times as long."""
    if sys.platform == "linux":  # where a thread has a priority of its own
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICENESS)


def remember(shown: Shown) -> None:
    """Keep it for the page of this run."""
    st.session_state[_KEY] = shown


def shown() -> Shown:
    """What the sidebar chose for this run."""
    if _KEY not in st.session_state:
        _enter_by_the_entry_point()
    found: Shown = st.session_state[_KEY]
    return found


def page_named(name: str) -> st.Page:
    """The page of a file in ``pages``, to link to."""
    return st.Page(PAGES / f"{name}.py", default=name == FIRST_PAGE)


def _enter_by_the_entry_point() -> None:
    """Run again, from the entry point.

    Until somebody has opened the first page, Streamlit takes the folder ``pages`` for an app of the old kind and runs
    a linked page by itself. Naming pages tells it otherwise, for the whole process.
    """
    first = st.Page(lambda: None, title="first", default=True)
    st.navigation([first, *map(st.Page, sorted(PAGES.glob("*.py")))], position="hidden")
    st.rerun()
