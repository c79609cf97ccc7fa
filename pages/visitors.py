"""Whom should I look at?"""

import streamlit as st

from recsys.domain import OVERRIDABLE
from recsys.ui import charts, visitors
from recsys.ui.choices import choose
from recsys.ui.page import page_named, shown
from recsys.ui.sidebar import look_at
from recsys.ui.view import View

KINDS = {
    "All": lambda rows: rows["visitor"] > 0,
    "Only the reranker got it right": lambda rows: (rows["reranked"] <= 10) & ~(rows["best_alone"] <= 10).fillna(False),
    "The reranker made it worse": lambda rows: rows["gain"] < 0,
    "Nobody found it": lambda rows: rows["reranked"].isna(),
}
page = shown()
loaded = page.loaded

st.title("Whom should I look at?", anchor=False)
st.markdown(
    f"{len(loaded.visits)} visits drawn at random from the hours that *{loaded.manifest.title}* can replay, each just "
    "before a click: where did every algorithm have the article that was opened next? Pick a row, then a page to see "
    "it on."
)
if not loaded.visits:
    st.info("This set keeps no visits. Pick a visitor at random in the sidebar.")
    st.stop()
rows = visitors.table(loaded)
kind = choose("Which", KINDS.keys())
columns = st.columns(len(OVERRIDABLE) + 1)
least = columns[0].number_input("Articles read before, at least", 0, int(rows["read_before"].max()), 0)
keep = KINDS[kind](rows).fillna(False).astype(bool) & (rows["read_before"] >= least)
for column, field in zip(columns[1:], OVERRIDABLE, strict=True):
    wanted = column.multiselect(field.upper() if field == "os" else field.capitalize(), sorted(rows[field].unique()))
    keep &= rows[field].isin(wanted) if wanted else True
rows = rows[keep].reset_index(drop=True)
st.caption(f"{len(rows)} visits. A click on a column's head sorts by it.")


def picked() -> None:
    """Make the visit of the selected row the one that every page shows."""
    chosen = st.session_state["visits"]["selection"]["rows"]
    if chosen:
        visit = rows.iloc[chosen[0]]
        look_at(loaded, View(int(visit["visitor"]), int(visit["as_of"])))


st.dataframe(
    rows,
    key="visits",
    hide_index=True,
    height=420,
    on_select=picked,
    selection_mode="single-row",
    column_config={
        "as_of": None,
        "visitor": st.column_config.NumberColumn("Visitor", format="%d"),
        "moment": st.column_config.DatetimeColumn("Moment (UTC)", format="MMM D, HH:mm"),
        "read_before": "Read before",
        "device": "Device",
        "os": "OS",
        "country": "Country",
        "reranked": st.column_config.NumberColumn("Reranked", help="Place of the next click after the reranker"),
        "best_alone": st.column_config.NumberColumn("Best alone", help="Its best place in a single algorithm's list"),
        "by": "By",
        "gain": st.column_config.NumberColumn("Gain", format="%+d", help="Places that the reranker is ahead"),
    },
    alt="Visits, with the place of the next click in every list",
)
charts.download(rows, "visits")
st.markdown(f"Looked at now: **{'a new visitor' if page.view.user_id is None else f'visitor {page.view.user_id}'}**.")
for column, (name, title) in zip(
    st.columns(3),
    (("recommend", "What would they get?"), ("compare", "Who proposed what?"), ("explain", "Why?")),
    strict=True,
):
    column.page_link(page_named(name), label=title, icon=":material/arrow_forward:")
