"""Where are the right articles lost?"""

import streamlit as st

from recsys.ranking.fates import Fate
from recsys.ui.components import bars, charts, heat, visit_table
from recsys.ui.components.bars import Bar
from recsys.ui.components.choices import choose, choose_or_none
from recsys.ui.page_context import page_context
from recsys.ui.tables import funnel as lost
from recsys.ui.tables import visits
from recsys.ui.theme import plain

COLOURS = {Fate.SHOWN: "green"}
page = page_context()
loaded = page.loaded
funnel, manifest = loaded.funnel, loaded.manifest

st.title("Where are the right articles lost?", anchor=False)
if not funnel.requests:
    st.info("This set has not been measured.")
    st.stop()
rows = lost.whole(funnel)
st.markdown(
    f"Of {funnel.requests:,} next clicks that *{plain(manifest.title)}* had never seen, how far did the article that "
    f"was really opened come on its way to a list of {funnel.depth}? Whatever a stage loses, no later one can "
    "bring back."
)
bars.draw(
    [
        Bar(
            row["label"],
            row["meaning"],
            f"{row['of_100']:.1f} of 100",
            0,
            row["of_100"],
            COLOURS.get(Fate[row["fate"].upper()], "orange"),
        )
        for row in rows.to_dict("records")
    ],
    "Of 100 next clicks, how far the article that was opened came",
    "funnel",
    limits=(0, 100),
)
charts.on_demand(lambda: rows, "funnel")

st.header("For whom", anchor=False)
cut = choose("where_it_is_lost.by", "By", lost.cuts(funnel))
table = lost.by_segment(funnel, cut)
heat.draw(table, 100, lost.CUTS[cut])
st.caption(
    "Of 100 next clicks of each kind; in brackets, how many clicks there are. Rows add up to 100. These are shares of "
    "all clicks; the figures on Start and on the Leaderboard are means over hours, and so differ a little."
)
charts.download(table.reset_index(), "funnel_by_segment")

st.header("Examples", anchor=False)
kept = visits.table(loaded)
if kept.empty:
    st.info("This set keeps no visits to look at.")
    st.stop()
fates = {fate.key: lost.LABELS[fate] for fate in sorted(lost.occurring(funnel), key=lambda one: one == Fate.SHOWN)}
fate = choose("where_it_is_lost.fate", "The article that they opened was", fates)
segment = choose_or_none("where_it_is_lost.segment", lost.CUTS[cut], lost.segments_of(funnel, cut, fate))
found = lost.examples(loaded, kept, fate, cut, segment)
if found.empty:
    st.info("None of the visits that this set keeps is like that. Choose another kind.")
    st.stop()
visit_table.draw(
    found,
    "where_it_is_lost",
    visit_table.rank_columns(visits.algorithms(kept)),
    "Visits, with the rank of the article opened next in every list",
)
st.caption(
    "Examples are answered as of their own moment, as on every page; the figures above as of the full hour, as in "
    "`recsys train` and `recsys backtest`."
)
