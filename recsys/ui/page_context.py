"""What the entry point hands to the page that it runs."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from recsys.artifacts.store import LoadedSet
from recsys.engine.recommendation import Recommendation
from recsys.errors import InputError
from recsys.ui.view_state import ViewState

PAGES = Path(__file__).resolve().parents[2] / "pages"
FIRST_PAGE = "recommend"
_KEY = "page_context"


@dataclass(frozen=True)
class PageContext:
    """The set and the view that the sidebar chose."""

    set_name: str
    loaded: LoadedSet
    view: ViewState

    def answer(self) -> Recommendation:
        """The engine's answer for the view; where it has none, a sentence, and the page ends."""
        try:
            return self.loaded.engine.recommend(self.view.request())
        except InputError as error:
            st.error(str(error), icon=":material/error:")
            st.info("Type another id in the sidebar, or pick a reader at random there.")
            st.stop()


def set_page_context(context: PageContext) -> None:
    """Hand the context to the page of this run."""
    st.session_state[_KEY] = context


def page_context() -> PageContext:
    """What the sidebar chose for this run."""
    if _KEY not in st.session_state:
        _enter_by_the_entry_point()
    found: PageContext = st.session_state[_KEY]
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
