"""Which reader should I look at?"""

import streamlit as st

from recsys.analysis.sample_visits import FIRST
from recsys.core.entities import ENSEMBLE, OVERRIDABLE
from recsys.data.dataset_settings import title
from recsys.ui.components import charts
from recsys.ui.components.choices import choose, choose_number, choose_or_none, choose_some
from recsys.ui.page_context import page_context, page_named
from recsys.ui.tables import visits as visitors
from recsys.ui.theme import LOOKS, capitalized
from recsys.ui.view_changes import show_reader

OPEN = "open_visit"
page = page_context()
loaded = page.loaded

st.title("Which reader should I look at?", anchor=False)
if not loaded.visits:
    st.info("This set has no sample visits. Pick a reader at random on the page Recommend.")
    st.stop()
whole = visitors.table(loaded)
algorithms = visitors.algorithms(whole)
cases = visitors.cases(whole, algorithms)
st.markdown(
    f"{len(whole)} visits drawn at random from the hours that *{loaded.manifest.title}* can replay, each just before a "
    f"click, and where every list had the article that was opened next. A list found it if it was among the first "
    f"{FIRST}."
)
case = choose_or_none(
    "find_a_case.case",
    "Who found it?",
    {name: f"{visitors.case_label(name)} ({int(mask.sum())})" for name, mask in cases.items()},
)
with st.expander("More filters"):
    columns = st.columns(len(OVERRIDABLE) + 1)
    most = int(whole["read_before"].max())
    least = choose_number("find_a_case.read", "At least this many articles read", 0, max(most, 1), columns[0])
    keep = whole["read_before"] >= least
    for column, field in zip(columns[1:], OVERRIDABLE, strict=True):
        label = capitalized(title(field))
        wanted = choose_some(f"find_a_case.{field}", label, sorted(whole[field].unique()), column)
        keep &= whole[field].isin(wanted) if wanted else True
rows = whole[keep if case is None else keep & cases[case]].reset_index(drop=True)
pages = {"compare": "Compare", "recommend": "Recommend", "explain": "Explain", "replay": "Replay"}
target = choose("find_a_case.open", "A click on a row opens the visit on", pages)


def picked() -> None:
    """Show the visit of the selected row, on the page that was chosen."""
    chosen = st.session_state["visits"]["selection"]["rows"]
    if chosen:
        visit = rows.iloc[chosen[0]]
        show_reader(loaded, int(visit["visitor"]), int(visit["as_of"]), at_least=FIRST, always=True)
        st.session_state[OPEN] = True


if st.session_state.pop(OPEN, False):
    st.switch_page(page_named(target))
if rows.empty:
    st.info("No visit is like that. Choose another case, or fewer filters.")
    st.stop()
ranks = {
    f"rank_{name}": st.column_config.NumberColumn(
        LOOKS[name].short, help=f"Rank of what they opened next in the list of {LOOKS[name].label}; blank: not listed"
    )
    for name in algorithms
}
st.dataframe(
    rows,
    key="visits",
    hide_index=True,
    placeholder="",
    height=460,
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
        f"rank_{ENSEMBLE}": st.column_config.NumberColumn(
            "Final", help="Rank of what they opened next in the final list; blank: not suggested"
        ),
        **ranks,
    },
    alt="Visits, with the rank of the article opened next in every list",
)
st.caption(f"{len(rows)} visits. Click the head of a column to sort by it, and the box of a row to open it.")
charts.download(rows, "visits")
