"""The app: its pages, the sidebar that they share, and the controls on top of them."""

from pathlib import Path

import streamlit as st

from recsys.core import process
from recsys.errors import RecsysError
from recsys.ui import control_bar, messages, navigation, pinned, policy_line, session_view, sets, tour, uploads
from recsys.ui.control_bar import Controls
from recsys.ui.page_context import PageContext, set_page_context
from recsys.ui.site import SIDEBAR, SitePage, open_page

HOME = Path(__file__).resolve().parent / "pages"
PAGES = [
    SitePage("start", "Start", "home", "", Controls.NONE),
    SitePage("recommend", "Recommend", "recommend", "One reader", Controls.READER),
    SitePage("compare", "Compare", "view_column", "One reader", Controls.READER),
    SitePage("explain", "Explain", "help_center", "One reader", Controls.READER),
    SitePage("find_a_case", "Find a case", "group", "One reader", Controls.NONE),
    SitePage("a_b", "A | B", "compare_arrows", "What if", Controls.READER, pinned.prepare),
    SitePage("cold_start", "Cold start", "ac_unit", "What if", Controls.CONTEXT),
    SitePage("live_session", "Live session", "touch_app", "What if", Controls.CONTEXT),
    SitePage("policies", "Policies", "tune", "What if", Controls.READER),
    SitePage("replay", "Replay", "schedule", "What if", Controls.READER),
    SitePage("leaderboard", "Leaderboard", "leaderboard", "How good, and why", Controls.NONE),
    SitePage("where_it_is_lost", "Where it is lost", "filter_alt", "How good, and why", Controls.NONE),
    SitePage("embeddings", "Embeddings", "scatter_plot", "How good, and why", Controls.READER),
    SitePage("data_and_models", "Data and models", "database", "How good, and why", Controls.NONE),
    SitePage("your_log", "Your log", "upload_file", "Your own", Controls.NONE),
]

process.lower_thread_priority()
st.set_page_config(page_icon=":material/newspaper:", layout="wide", initial_sidebar_state=SIDEBAR)
page, program = open_page(HOME, PAGES)
if page.name != "your_log":
    uploads.ask_for_none()

try:
    chosen = sets.choose_set()
except RecsysError as error:
    messages.error(str(error))
    st.info("Choose another set in the sidebar, or make the demo set again with `make demo-artifacts`.")
    st.stop()
if chosen is None:
    st.error("There are no models to show.", icon=":material/error:")
    st.info("Make the demo set with `make demo-artifacts`, or point `RECSYS_ARTIFACTS` to a set of your own.")
    st.stop()

set_name, loaded = chosen
navigation.follow()
view = session_view.choose_view(set_name, loaded, page.name, page.prepare)
context = PageContext(set_name, loaded, view, page.controls)
set_page_context(context)
tour.draw(loaded, page.name)
control_bar.draw(loaded, page.controls)
session_view.draw_messages()
if page.controls is not Controls.NONE and page.name != policy_line.PAGE:
    policy_line.draw(view, "List B follows" if page.name == "a_b" else "Lists follow")
program.run()
process.trim_heap()
