"""What did each algorithm say, and what became of it?"""

from collections.abc import Hashable
from dataclasses import replace
from typing import Any

import pandas as pd
import streamlit as st

from recsys.domain import ENSEMBLE, Ints
from recsys.ui import cards, charts, comparison, side_by_side
from recsys.ui.figures import answers as figures
from recsys.ui.page import shown
from recsys.ui.side_by_side import Column, Entry
from recsys.ui.theme import LOOKS, plain, unbroken
from recsys.ui.view import look_at_article

page = shown()
engine, view = page.loaded.engine, page.view


def side(name: str, items: Ints) -> Column:
    """A list as the page shows it: under each article what became of it, or who proposed it."""
    entries = [
        Entry(row["article_id"], row["article"], proposers(row) if name == ENSEMBLE else fate(row), row["opened_next"])
        for row in comparison.column(engine, answer, items).to_dict("records")
    ]
    empty = "Switched off." if name in view.without else "Nothing to propose."
    return Column(LOOKS[name].label, LOOKS[name].colour, entries, empty)


def fate(row: dict[Hashable, Any]) -> str:
    """What the reranker made of a proposal."""
    place = row["reranked"]
    return f"in the final list: {place}" if place <= view.k else f"reranked: {place}"


def proposers(row: dict[Hashable, Any]) -> str:
    """Who proposed an article of the final list, at which rank."""
    ranks = {name: row[f"rank_{name}"] for name in answer.ranking.pool.candidates}
    return " · ".join(unbroken(f"{LOOKS[name].short} {rank}") for name, rank in ranks.items() if pd.notna(rank))


def chosen_article(article: int) -> None:
    """Where the chosen article stands everywhere."""
    if engine.articles.index(article) < 0:
        st.warning(f"There is no article {article} in this set.")
        return
    stands = answer.places_of(article)
    said = ", ".join(
        LOOKS[name].badge(f"{LOOKS[name].label}: {place or 'not listed'}") for name, place in stands.items()
    )
    st.markdown(f"Lit up: **{plain(engine.title_of(article))}**. {said}")
    st.button("Light it out", on_click=look_at_article, args=(None,))


answer = page.answer()
first = comparison.lists(answer, view.k)
st.title("What did each algorithm say, and what became of it?", anchor=False)
st.markdown(
    f"The first {view.k} of each list, and at the right what the reranker made of all of them. Point at an article "
    "to see who else has it, click it to follow it; switch an algorithm off in the sidebar to see what the final list "
    "owes to it."
)
cards.outcome(engine, answer)
side_by_side.draw([side(name, items) for name, items in first.items()], view.article, look_at_article)
if view.article is not None:
    chosen_article(view.article)

if view.without:
    st.subheader("What the algorithms that are switched off would change", anchor=False)
    whole = engine.recommend(replace(view.request(), without=frozenset()))
    gone = [one for one in whole.articles if one not in answer.articles]
    names = " and ".join(LOOKS[name].label for name in view.without)
    titles = ", ".join(plain(engine.title_of(one)) for one in gone)
    st.markdown(
        f"With {names}, {len(gone)} of the {len(whole.articles)} articles would be others: {titles}."
        if gone
        else f"{names} changes none of the {len(whole.articles)} articles: others found them too."
    )

st.subheader("From the pool to the final list", anchor=False)
journey = comparison.journey(engine, answer, view.k)
charts.table(
    journey,
    "journey",
    {
        "rank": "#",
        "article_id": None,
        "article": "Article",
        "opened_next": "Opened next",
        "before": st.column_config.NumberColumn("Before", help="Its place when the lists are joined one after another"),
        "moved_up": st.column_config.NumberColumn("Moved up", format="%+d", help="Places won by the reranker"),
        **{f"rank_{name}": LOOKS[name].short for name in first if name in answer.ranking.pool.candidates},
    },
)

left, right = st.columns(2, gap="large")
with left:
    st.subheader(f"Who contributed to the first {view.k}", anchor=False)
    shares = comparison.contributions(answer, view.k)
    said = "; ".join(f"{LOOKS[one.system].label} {one.in_final_list}" for one in shares.itertuples())
    figure = figures.contributions(shares)
    charts.show(figure, f"Articles of the final list by who proposed them: {said}.", shares, "contributions")
    alone = [f"{LOOKS[one.system].label} {one.alone}" for one in shares.itertuples() if one.alone]
    st.caption(
        f"Dark: among the algorithm's own first {view.k}. Light: further down its list. "
        + (f"Found by one alone: {', '.join(alone)}." if alone else "None was found by one alone.")
    )
with right:
    st.subheader(f"What the first {view.k} have in common", anchor=False)
    shared = comparison.overlap(first)
    charts.show(
        figures.overlap(shared),
        "How many articles each pair of lists has in common.",
        shared.reset_index(names="list"),
        "overlap",
    )

stood = comparison.truth(answer)
if stood is not None:
    st.subheader("Where the next click stood", anchor=False)
    for place, row in zip(st.columns(len(stood)), stood.itertuples(), strict=True):
        value = "not there" if pd.isna(row.place) else f"{row.place} of {row.of}"
        place.metric(LOOKS[row.system].label, value)
