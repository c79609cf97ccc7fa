"""What does context alone change?"""

from dataclasses import replace
from itertools import combinations

import streamlit as st

from recsys.analysis.candidate_matrix import candidate_matrix
from recsys.core.entities import OVERRIDABLE
from recsys.data.dataset_settings import title
from recsys.errors import InputError
from recsys.retrieval.popularity.retriever import Popularity
from recsys.ui import cached
from recsys.ui.components import article_lists, bars, cards, charts, heat
from recsys.ui.components.article_lists import Column, card
from recsys.ui.components.choices import choose
from recsys.ui.control_bar import moment_in_words
from recsys.ui.page_context import page_context
from recsys.ui.tables import contexts
from recsys.ui.theme import plain
from recsys.ui.view_state import highlight_article
from recsys.ui.words import context_in_words, enumerated

MOST = 12  # codes of a field on the heat map: the most frequent
page = page_context()
engine, view = page.loaded.engine, page.view

st.title("What does context alone change?", anchor=False)
known = cached.context_fields(page.loaded)
moment = f"It is **{moment_in_words(page.loaded, view)}**."
if known:
    words = enumerated([title(field) for field in known])
    st.markdown(
        f"Somebody opens the site for the first time. We know their {words}, and nothing else: choose above. {moment}"
    )
else:
    st.markdown(f"Somebody opens the site for the first time, and nothing is known of them. {moment}")
    st.info("This set's log says nothing of devices, systems or countries: every new reader gets the same list.")
as_of = view.moment(engine)
popularity = engine.start.get(Popularity).settings
try:
    asked = replace(view.request(), user_id=None, as_of=as_of)
    answer, unknown = engine.recommend_all([asked, replace(asked, overrides={})])
except InputError as error:
    page.refuse(error)
who = plain(context_in_words(engine, answer.profile.used))
others = [one for one in answer.articles if one not in unknown.articles]
st.header(f"A new reader: {plain(who)}" if view.overrides else "An unknown reader", anchor=False)
st.markdown(
    f"**{len(others)} of {len(answer.articles)}** articles differ from an unknown reader's list; they are marked."
    if view.overrides
    else f"No {enumerated([title(field) for field in known], 'or')} is chosen yet. Choose above and see what changes."
    if known
    else "They get what is read most now."
)
rows = candidate_matrix(engine, answer, len(answer.articles))
if rows.empty:
    page.nothing_suggested()
else:
    articles = [
        replace(one, mark="only in this context" if one.id in others else "")
        for one in cards.list_cards(engine, rows, list(answer.ranking.pool.candidates))
    ]
    columns = [Column("A new reader", "red", articles)]
    article_lists.draw(columns, view.article, highlight_article, key="cold_list", kind="wide")
    charts.download(rows, "new_reader")
st.header("Where contextual popularity's suggestions come from", anchor=False)
blend = contexts.blend(engine, view.overrides, as_of, view.k)
suggested = [
    card(
        engine,
        row["article_id"],
        as_of,
        mark=f"popular now with {row['filled_by']}",
        note=f"{row['share']:.1%} of their clicks, {row['overall']:.1%} of all",
    )
    for row in blend.to_dict("records")
]
column = Column("Contextual popularity", "orange", suggested)
article_lists.draw([column], view.article, highlight_article, key="blend", kind="wide")
charts.download(blend, "blend")
places = ", ".join(f"{n} by {contexts.fields_in_words(family)}" for family, n in popularity.blend)
st.caption(f"Of every ten articles it takes {places}.")

st.header("How many clicks that is based on", anchor=False)
behind = contexts.clicks_behind(engine, view.overrides, as_of)
bars.draw_table(behind, "family", "clicks", "Recent clicks by people with the same context.", "clicks_behind")
st.caption(
    f"Clicks fade: one from {60 * popularity.context_half_lives[0]:g} minutes ago counts half. Where a context has "
    f"fewer than {popularity.pseudo_clicks:g}, its list is mostly everybody's list."
)

st.header("How much each context changes the list", anchor=False)
fields = [field for field in OVERRIDABLE if len(cached.codes(page.loaded, field)) > 1]
pairs = {f"{title(a)} × {title(b)}": (a, b) for a, b in combinations(fields, 2)}
if not pairs:
    alone = f"Readers of this set differ in their {title(fields[0])} alone." if fields else ""
    st.info(alone or "All readers of this set have the same context, or none is known.")
    st.stop()
across = pairs[choose("cold_start.contexts", "Contexts", list(pairs))]
rows_of, columns_of = ((field, cached.codes(page.loaded, field)[:MOST]) for field in across)
fixed = {field: code for field, code in view.overrides.items() if field not in across}
different = contexts.distances(engine, rows_of, columns_of, fixed, as_of, view.policy)
heat.draw(different, contexts.DEPTH, f"{title(across[0])} × {title(across[1])}")
st.caption("How many of the first ten articles differ from an unknown reader's first ten.")
