"""What will this reader want to read next?"""

import streamlit as st

from recsys.core.numbers import in_words
from recsys.errors import InputError
from recsys.evaluation.saved_reports import read_saved_reports
from recsys.ui import tour
from recsys.ui.browser import place
from recsys.ui.components import late
from recsys.ui.page_context import page_context, page_named
from recsys.ui.tables import overview
from recsys.ui.theme import LOOKS, plain
from recsys.ui.words import only_compared

TOUR = 192
"""Height of its card, pixels."""
page = page_context()
loaded = page.loaded
manifest = loaded.manifest

st.title("What will this reader want to read next?", anchor=False)
algorithms = overview.algorithms(loaded)
st.markdown(
    f"A recommender, laid open: {in_words(len(loaded.engine.suggesting))} algorithms suggest articles, a reranker puts "
    "them in order, and for every reader and every minute you can see what each of them said, why, and whether it was "
    "right."
)

steps = tour.steps(loaded)
with place("tour_card", TOUR), st.container(border=True):
    st.header(f"Take the tour: {in_words(len(steps))} views, {in_words(len(steps) // 2)} minutes", anchor=False)
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        st.button("Start the tour", icon=":material/play_arrow:", on_click=tour.start)
        for number, step in enumerate(steps, start=1):
            label = f"{number}. {step.title}"
            st.button(label, type="tertiary", key=f"step_{number}", on_click=tour.start, args=(number,))
    with late.links("of_the_tour"):
        st.page_link(page_named("recommend"), label="Or look at a reader yourself", icon=":material/recommend:")
        st.page_link(page_named("a_b"), label="Or set two views against each other", icon=":material/compare_arrows:")

st.header("How often is it right?", anchor=False)
try:
    real = read_saved_reports().hourly
except InputError:
    real = None
figures = overview.figures(loaded, real)
for number, (column, figure) in enumerate(zip(st.columns(max(len(figures), 1)), figures, strict=False)):
    with column.container(border=True, height="stretch"):
        late.metric(f"figure_{number}", figure.label, figure.value)
        st.caption(figure.comparison)
st.caption(
    f"*{plain(manifest.title)}*, the set that is open: {manifest.measured:,} requests from the "
    f"{manifest.replay_hours} hours that its training never saw. The page Leaderboard has every figure, and "
    "how to check it."
)

st.header("From every article to ten", anchor=False)
stages = overview.stages(loaded)
for number, (column, (name, count, what)) in enumerate(zip(st.columns(len(stages)), stages, strict=True)):
    with column:
        late.metric(f"stage_{number}", name, f"{count:,}")
        st.caption(what)
with late.links("of_the_stages"):
    label = "Where are the right articles lost along the way?"
    st.page_link(page_named("where_it_is_lost"), label=label, icon=":material/filter_alt:")

st.header("Who suggests", anchor=False)
if loaded.engine.beside:
    st.markdown(only_compared(loaded.engine))
for column, one in zip(st.columns(max(len(algorithms), 1)), algorithms, strict=False):
    with column.container(border=True, height="stretch"):
        look = LOOKS[one.name]
        st.subheader(look.badge(look.label), anchor=False)
        if one.good_at:
            st.markdown(f"**Good at** {one.good_at}.")
            st.markdown(f"**Blind to** {one.blind_to}.")
        st.markdown(f"**Alone** {one.alone}.")
        if not one.suggests:
            st.markdown("**Only compared**: it suggests nothing here.")
