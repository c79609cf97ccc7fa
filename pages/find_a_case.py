"""Which reader should I look at?"""

import streamlit as st

from recsys.analysis.sample_visits import FIRST
from recsys.core.entities import OVERRIDABLE
from recsys.data.dataset_settings import title
from recsys.ui.components import visit_table
from recsys.ui.components.choices import choose_number, choose_or_none, choose_some
from recsys.ui.page_context import page_context
from recsys.ui.tables import visits as visitors
from recsys.ui.theme import capitalized, plain

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
    f"{len(whole)} visits drawn at random from the hours that *{plain(loaded.manifest.title)}* can replay, each just "
    f"before a click, and where every list had the article that was opened next. A list found it if it was among "
    f"the first {FIRST}."
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
if rows.empty:
    st.info("No visit is like that. Choose another case, or fewer filters.")
    st.stop()
visit_table.draw(
    rows,
    "find_a_case",
    visit_table.rank_columns(algorithms),
    "Visits, with the rank of the article opened next in every list",
)
