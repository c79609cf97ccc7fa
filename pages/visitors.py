"""Which reader should I look at?"""

import streamlit as st

from recsys.core.entities import OVERRIDABLE
from recsys.ui.components import charts
from recsys.ui.components.choices import choose
from recsys.ui.page_context import page_context, page_named
from recsys.ui.sidebar import show_reader
from recsys.ui.tables import visits as visitors
from recsys.ui.view_state import ViewState

KINDS = {
    "All": lambda rows: rows["visitor"] > 0,
    "A win for the combination": lambda rows: rows["only_reranked"],
    "Ranked lower than by the best algorithm": lambda rows: rows["gain"] < 0,
    "Found by none": lambda rows: rows["reranked"].isna(),
}
page = page_context()
loaded = page.loaded

st.title("Which reader should I look at?", anchor=False)
st.markdown(
    f"{len(loaded.visits)} visits drawn at random from the hours that *{loaded.manifest.title}* can replay, each just "
    "before a click, and how every algorithm ranked the article that was opened next. Pick a row, then a page to see "
    "it on."
)
if not loaded.visits:
    st.info("This set has no sample visits. Pick a reader at random in the sidebar.")
    st.stop()
rows = visitors.table(loaded)
kind = choose("Show", KINDS.keys())
columns = st.columns(len(OVERRIDABLE) + 1)
least = columns[0].number_input("At least this many articles read", 0, int(rows["read_before"].max()), 0)
keep = KINDS[kind](rows).fillna(False).astype(bool) & (rows["read_before"] >= least)
for column, field in zip(columns[1:], OVERRIDABLE, strict=True):
    wanted = column.multiselect(field.upper() if field == "os" else field.capitalize(), sorted(rows[field].unique()))
    keep &= rows[field].isin(wanted) if wanted else True
rows = rows[keep].reset_index(drop=True)
st.caption(f"{len(rows)} visits. Click the head of a column to sort by it.")


def picked() -> None:
    """Make the visit of the selected row the one that every page shows."""
    chosen = st.session_state["visits"]["selection"]["rows"]
    if chosen:
        visit = rows.iloc[chosen[0]]
        show_reader(loaded, ViewState(int(visit["visitor"]), int(visit["as_of"])))


st.dataframe(
    rows,
    key="visits",
    hide_index=True,
    placeholder="",
    height=420,
    on_select=picked,
    selection_mode="single-row",
    column_config={
        "as_of": None,
        "visitor": st.column_config.NumberColumn("Reader", format="%d"),
        "moment": st.column_config.DatetimeColumn("Moment (UTC)", format="MMM D, HH:mm"),
        "read_before": "Articles read",
        "device": "Device",
        "os": "OS",
        "country": "Country",
        "reranked": st.column_config.NumberColumn(
            "Final rank", help="Rank of what they opened next, after the reranker"
        ),
        "best_alone": st.column_config.NumberColumn(
            "Best single rank", help="Its best rank in a single algorithm's list"
        ),
        "by": "By",
        "gain": st.column_config.NumberColumn("Gain", format="%+d", help="Ranks that the final list is ahead"),
        "only_reranked": None,
    },
    alt="Visits, with the rank of the article opened next",
)
charts.download(rows, "visits")
st.markdown(f"Shown now: **{'a new reader' if page.view.user_id is None else f'reader {page.view.user_id}'}**.")
for column, (name, title) in zip(
    st.columns(3),
    (("recommend", "What would we recommend?"), ("compare", "Who suggested what?"), ("explain", "Why?")),
    strict=True,
):
    column.page_link(page_named(name), label=title, icon=":material/arrow_forward:")
