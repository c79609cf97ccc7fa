"""The app: its pages, and the sidebar that they share."""

from pathlib import Path

import streamlit as st

from recsys.core import process
from recsys.errors import RecsysError
from recsys.ui import sidebar
from recsys.ui.page_context import PageContext, set_page_context

HOME = Path(__file__).resolve().parent / "pages"
PAGES = [
    st.Page(HOME / "recommend.py", title="Recommend", icon=":material/recommend:", default=True),
    st.Page(HOME / "compare.py", title="Compare", icon=":material/view_column:"),
    st.Page(HOME / "explain.py", title="Explain", icon=":material/help_center:"),
    st.Page(HOME / "cold_start.py", title="Cold start", icon=":material/ac_unit:"),
    st.Page(HOME / "replay.py", title="Replay", icon=":material/schedule:"),
    st.Page(HOME / "live_session.py", title="Live session", icon=":material/touch_app:"),
    st.Page(HOME / "embeddings.py", title="Embeddings", icon=":material/scatter_plot:"),
    st.Page(HOME / "visitors.py", title="Visitors", icon=":material/group:"),
    st.Page(HOME / "leaderboard.py", title="Leaderboard", icon=":material/leaderboard:"),
    st.Page(HOME / "data_and_models.py", title="Data and models", icon=":material/database:"),
]

process.lower_thread_priority()
st.set_page_config(page_title="Recommender, laid open", page_icon=":material/newspaper:", layout="wide")
page = st.navigation(PAGES)

try:
    chosen = sidebar.choose_set()
except RecsysError as error:
    st.error(str(error), icon=":material/error:")
    st.info("Choose another set in the sidebar, or make the demo set again with `make demo-artifacts`.")
    st.stop()
if chosen is None:
    st.error("There are no models to show.", icon=":material/error:")
    st.info("Make the demo set with `make demo-artifacts`, or point `RECSYS_ARTIFACTS` to a set of your own.")
    st.stop()

set_name, loaded = chosen
set_page_context(PageContext(set_name, loaded, sidebar.choose_view(set_name, loaded)))
page.run()
process.trim_heap()
