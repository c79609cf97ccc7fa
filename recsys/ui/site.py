"""What the program says of each page: its file, its name, where the sidebar has it, which controls it needs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

import streamlit as st

from recsys.artifacts.store import LoadedSet
from recsys.ui.browser import page_style
from recsys.ui.control_bar import Controls
from recsys.ui.session_view import as_it_is
from recsys.ui.view_state import ViewState

APP = "Recommender, laid open"
SIDEBAR = 220
"""Its width, pixels."""


@dataclass(frozen=True)
class SitePage:
    """A page of the app.

    Attributes:
        name: of its file in ``pages/``, without the ending.
        title: in the sidebar and in the browser's tab.
        icon: of Material Symbols.
        group: under which the sidebar lists it; the first page stands alone.
        controls: what stands above it.
        prepare: what the page does to the view before it gets into the address, given the set and its name.
    """

    name: str
    title: str
    icon: str
    group: str
    controls: Controls
    prepare: Callable[[str, LoadedSet, ViewState], ViewState] = as_it_is

    def streamlit(self, home: Path, *, first: bool) -> st.Page:
        """As Streamlit wants it."""
        return st.Page(home / f"{self.name}.py", title=self.title, icon=f":material/{self.icon}:", default=first)


def open_page(home: Path, site: list[SitePage]) -> tuple[SitePage, st.Page]:
    """Lay out the sidebar, and give the page that is open: what we and what Streamlit know of it.

    The links in groups are our own: Streamlit's are a list in which a screen reader finds no entries.
    """
    made = [(one, one.streamlit(home, first=number == 0)) for number, one in enumerate(site)]
    opened = st.navigation([page for _, page in made], position="hidden")
    st.html(f"<style>{page_style(tuple(one.name for one in site))}</style>")
    for number, (group, links) in enumerate(groupby(made, lambda pair: pair[0].group)):
        with st.sidebar.container(gap="xsmall", key=f"pages_{number}"):
            if group:
                st.markdown(f"**{group}**")
            for one, page in links:
                st.page_link(page, label=one.title, icon=f":material/{one.icon}:", width="stretch")
    found = next(one for one, page in made if page == opened)
    st.set_page_config(page_title=f"{found.title} · {APP}")
    return found, opened
