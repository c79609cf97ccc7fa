"""What the entry point hands to the page that it runs."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn
from weakref import ref

import streamlit as st

from recsys.artifacts.store import LoadedSet
from recsys.core.timestamps import iso
from recsys.data.names import Id
from recsys.engine.recommendation import Recommendation
from recsys.errors import InputError
from recsys.ui import messages
from recsys.ui.control_bar import Controls
from recsys.ui.view_state import ViewState

PAGES = Path(__file__).resolve().parents[2] / "pages"
FIRST_PAGE = "start"
_KEY = "page_context"


@dataclass(frozen=True)
class PageContext:
    """The set and the view of this run."""

    set_name: str
    loaded: LoadedSet
    view: ViewState
    controls: Controls

    def file_name(self, what: str) -> str:
        """A name for a file of this page: what it is, of whom, at which moment."""
        view, parts, names = self.view, [what, self.set_name], self.loaded.engine.names
        if self.controls is Controls.READER:
            parts.append(
                "new-reader" if view.user_id is None else f"reader-{_in_a_file_name(names.user(view.user_id))}"
            )
        if self.controls is not Controls.NONE:
            parts.append(iso(view.moment(self.loaded.engine))[:16].replace(":", "") + "Z")
        return "_".join(parts)

    def answer(self) -> Recommendation:
        """The engine's answer for the view; where it has none, a sentence, and the page ends."""
        try:
            return self.loaded.engine.recommend(self.view.request())
        except InputError as error:
            self.refuse(error)

    def refuse(self, error: InputError) -> NoReturn:
        """Say what is wrong with the view and what would mend it, and end the page."""
        engine, view = self.loaded.engine, self.view
        messages.error(str(error))
        if self.controls is Controls.READER and view.user_id is not None and not engine.knows(view.user_id):
            st.info("Type another id above, or pick a reader at random there.")
        elif view.policy.rules:
            st.info("Change the policy on the page Policies, or press Reset above.")
        elif not engine.can_replay(view.moment(engine)):
            st.info("Choose another moment above, or press Reset.")
        else:
            st.info("Press Reset above, or choose another device, OS or country.")
        st.stop()

    def nothing_suggested(self) -> None:
        """Say why a list is empty."""
        if len(self.view.without) == len(self.loaded.engine.suggesting):
            st.warning("All algorithms are switched off. Switch one on above.")
        else:
            st.warning("No algorithm had anything to suggest at this moment. Choose another moment or reader above.")


def _in_a_file_name(user_id: Id) -> str:
    return re.sub(r"[^A-Za-z0-9_.-]+", "_", str(user_id))[:40]


def set_page_context(context: PageContext) -> None:
    """Hand the context to the page of this run.

    The session does not hold it, the script does: a tab that is left open would keep a set that has been replaced.
    """
    st.session_state[_KEY] = ref(context)


def page_context() -> PageContext:
    """The context of this run."""
    found: PageContext | None = st.session_state[_KEY]() if _KEY in st.session_state else None
    if found is None:
        _enter_by_the_entry_point()
    return found


def page_named(name: str) -> st.Page:
    """The page of a file in ``pages``, to link to."""
    return st.Page(PAGES / f"{name}.py", default=name == FIRST_PAGE)


def _enter_by_the_entry_point() -> NoReturn:
    """Run again, from the entry point.

    Until somebody has opened the first page, Streamlit takes the folder ``pages`` for an app of the old kind and runs
    a linked page by itself. Naming pages tells it otherwise, for the whole process.
    """
    first = st.Page(lambda: None, title="first", default=True)
    st.navigation([first, *map(st.Page, sorted(PAGES.glob("*.py")))], position="hidden")
    st.rerun()
