"""What does context alone change?"""

from itertools import combinations

import streamlit as st

from recsys.data.settings import title
from recsys.domain import OVERRIDABLE, Request
from recsys.errors import InputError
from recsys.retrieval.popularity import CONTEXT_HALF_LIVES, PSEUDO_CLICKS
from recsys.ui import cards, charts, contexts, sets
from recsys.ui.choices import choose
from recsys.ui.figures.shapes import bars, heat
from recsys.ui.page import shown
from recsys.ui.sidebar import moment_in_words
from recsys.ui.theme import plain

MOST = 12  # codes of a field on the heat map: the most frequent
page = shown()
engine, view = page.loaded.engine, page.view

st.title("What does context alone change?", anchor=False)
st.markdown(
    "Somebody opens the site for the first time: nothing is known but device, system and country. Choose them in the "
    f"sidebar. The clock stands at **{moment_in_words(page.loaded, view)}**."
)
as_of = engine.end if view.as_of is None else view.as_of
try:
    answer = engine.recommend(Request(overrides=view.overrides, as_of=as_of, k=view.k, without=frozenset(view.without)))
    nobody = engine.recommend(Request(as_of=as_of, k=view.k, without=frozenset(view.without)))
except InputError as error:
    st.error(str(error), icon=":material/error:")
    st.stop()
who = cards.context_in_words(engine, answer.profile.used)
others = [one for one in answer.articles if one not in nobody.articles]
st.subheader(f"A new visitor: {plain(who)}", anchor=False)
st.markdown(
    f"**{len(others)} of {len(answer.articles)}** articles are others than for somebody of whom nothing is known."
    if view.overrides
    else "Nothing is chosen, so this is the list of somebody of whom nothing is known."
)
st.subheader("What the visitor gets", anchor=False)
rows = cards.list_rows(engine, answer)
if rows.empty:
    st.warning("No algorithm proposes anything: switch one on in the sidebar.")
else:
    charts.table(
        rows[["rank", "article_id", "article", "section", "age_hours", "reranker_score"]],
        "cold_list",
        {
            "rank": "#",
            "article_id": None,
            "article": "Article",
            "section": "Section",
            "age_hours": "Hours old",
            "reranker_score": "Score",
        },
    )
st.subheader("Where contextual popularity's candidates come from", anchor=False)
charts.table(
    contexts.blend(engine, view.overrides, as_of, view.k),
    "blend",
    {
        "place": "#",
        "article_id": None,
        "article": "Article",
        "filled_by": "Read now by",
        "share": st.column_config.NumberColumn("Share there", format="percent", help="Smoothed towards everybody's"),
        "overall": st.column_config.NumberColumn("Among everybody", format="percent"),
    },
)
st.caption("Of ten places 2 go by system, 2 by device, 3 by system and country, 3 by device and country.")

st.subheader("How few clicks a context has", anchor=False)
behind = contexts.clicks_behind(engine, view.overrides, as_of)
charts.show(
    bars(behind, "family", "clicks", "recent clicks"),
    "Recent clicks in each family of contexts.",
    behind,
    "clicks_behind",
)
st.caption(
    f"Clicks fade: one of {60 * CONTEXT_HALF_LIVES[0]:g} minutes ago counts half. A context with {PSEUDO_CLICKS:g} of "
    "them counts as much as the overall list that it is smoothed towards; one with fewer is mostly everybody's list."
)

st.subheader("How different each context's list is from everybody's", anchor=False)
fields = [field for field in OVERRIDABLE if len(sets.codes(page.loaded, field)) > 1]
pairs = {f"{title(a)} × {title(b)}": (a, b) for a, b in combinations(fields, 2)}
if not pairs:
    st.info("This set's visitors don't differ in their context.")
    st.stop()
across = pairs[choose("Contexts", list(pairs))]
codes = [(field, sets.codes(page.loaded, field)[:MOST]) for field in across]
fixed = {field: code for field, code in view.overrides.items() if field not in across}
different = contexts.distances(engine, *codes, fixed, as_of)
charts.show(
    heat(different, title(across[0]), title(across[1]), contexts.DEPTH),
    f"Of the first ten, how many are not among everybody's, by {title(across[0])} and {title(across[1])}.",
    different.reset_index(names=title(across[0])),
    "distances",
)
st.caption("Of the first ten, how many are not among the first ten of somebody of whom nothing is known.")
