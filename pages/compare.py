"""What did each algorithm suggest, and what came of it?"""

from collections.abc import Hashable
from dataclasses import replace
from typing import Any

import pandas as pd
import streamlit as st

from recsys.core.entities import ENSEMBLE
from recsys.core.types import Ints
from recsys.ui import side_by_side
from recsys.ui.components import cards, charts
from recsys.ui.figures import ranking as figures
from recsys.ui.page_context import page_context
from recsys.ui.side_by_side import Column, Entry
from recsys.ui.tables import comparison
from recsys.ui.theme import LOOKS, plain, unbroken
from recsys.ui.view_state import highlight_article

page = page_context()
engine, view = page.loaded.engine, page.view


def side(name: str, items: Ints) -> Column:
    """A list as the page shows it: under each article what came of it, or who suggested it."""
    entries = [
        Entry(
            row["article_id"], row["article"], suggested_by(row) if name == ENSEMBLE else fate(row), row["opened_next"]
        )
        for row in comparison.column(engine, answer, items).to_dict("records")
    ]
    empty = "Switched off." if name in view.without else "Nothing to suggest."
    return Column(LOOKS[name].label, LOOKS[name].colour, entries, empty)


def fate(row: dict[Hashable, Any]) -> str:
    """What the reranker made of a suggestion."""
    rank = cards.ordinal(row["reranked"])
    return f"now {rank}" if row["reranked"] <= view.k else f"now {rank}, not shown"


def suggested_by(row: dict[Hashable, Any]) -> str:
    """Who suggested an article of the final list, at which rank."""
    ranks = {name: row[f"rank_{name}"] for name in answer.ranking.pool.candidates}
    return " · ".join(unbroken(f"{LOOKS[name].short} {rank}") for name, rank in ranks.items() if pd.notna(rank))


def chosen_article(article: int) -> None:
    """The rank of the highlighted article everywhere."""
    if engine.articles.index(article) < 0:
        st.warning(f"There is no article {article} in this set.")
        return
    ranks = ", ".join(
        LOOKS[name].badge(f"{LOOKS[name].label}: {rank or 'not listed'}")
        for name, rank in answer.ranks_of(article).items()
    )
    st.markdown(f"Highlighted: **{plain(engine.title_of(article))}**. {ranks}")
    st.button("Clear highlight", on_click=highlight_article, args=(None,))


answer = page.answer()
first = comparison.lists(answer, view.k)
st.title("What did each algorithm suggest, and what came of it?", anchor=False)
st.markdown(
    f"The first {view.k} of each list, and on the right what the reranker made of them. Point at an article to see who "
    "else has it, or click it to keep it highlighted. Switch an algorithm off in the sidebar to see the final list "
    "without it."
)
cards.outcome(engine, answer)
side_by_side.draw([side(name, items) for name, items in first.items()], view.article, highlight_article)
if view.article is not None:
    chosen_article(view.article)

if view.without:
    st.subheader("What the algorithms that are off would change", anchor=False)
    whole = engine.recommend(replace(view.request(), without=frozenset()))
    gone = [one for one in whole.articles if one not in answer.articles]
    names = " and ".join(LOOKS[name].label for name in view.without)
    titles = ", ".join(plain(engine.title_of(one)) for one in gone)
    st.markdown(
        f"{names} would bring {len(gone)} of the {len(whole.articles)} articles that are missing now: {titles}."
        if gone
        else f"{names} would change none of the {len(whole.articles)} articles: the others found them too."
    )

st.subheader("From the suggestions to the final list", anchor=False)
journey = comparison.journey(engine, answer, view.k)
charts.table(
    journey,
    "journey",
    {
        "rank": "#",
        "article_id": None,
        "article": "Article",
        "opened_next": "Opened next",
        "before": st.column_config.NumberColumn(
            "Before", help="Its rank when the lists are joined one after the other"
        ),
        "moved_up": st.column_config.NumberColumn("Moved up", format="%+d", help="Ranks gained through the reranker"),
        **{f"rank_{name}": LOOKS[name].short for name in first if name in answer.ranking.pool.candidates},
    },
)

left, right = st.columns(2, gap="large")
with left:
    st.subheader(f"Who suggested the first {view.k}", anchor=False)
    shares = comparison.contributions(answer, view.k)
    counts = "; ".join(f"{LOOKS[row['system']].label} {row['in_final_list']}" for row in shares.to_dict("records"))
    figure = figures.contributions(shares)
    charts.show(figure, f"Articles of the final list by who suggested them: {counts}.", shares, "contributions")
    alone = [f"{LOOKS[row['system']].label} {row['alone']}" for row in shares.to_dict("records") if row["alone"]]
    st.caption(
        f"Strong colour: in the algorithm's own first {view.k}. Pale: further down its list. "
        + (f"Found by one algorithm alone: {', '.join(alone)}." if alone else "None was found by one algorithm alone.")
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
    st.subheader("Rank of the article that they opened next", anchor=False)
    for container, row in zip(st.columns(len(stood)), stood.to_dict("records"), strict=True):
        value = "not listed" if pd.isna(row["rank"]) else f"{row['rank']} of {row['of']}"
        container.metric(LOOKS[row["system"]].label, value)
