"""What did each algorithm suggest, and what came of it?"""

from collections.abc import Hashable
from dataclasses import replace
from functools import partial
from typing import Any

import streamlit as st

from recsys.analysis.candidate_matrix import candidate_matrix
from recsys.core.entities import ENSEMBLE
from recsys.core.types import Ints
from recsys.ui import messages
from recsys.ui.components import article_lists, bars, cards, charts, heat, matrix, report_button
from recsys.ui.components.article_lists import Column, card
from recsys.ui.components.bars import Bar
from recsys.ui.components.choices import choose, choose_or_none
from recsys.ui.page_context import page_context
from recsys.ui.tables import comparison, explanation, reasons
from recsys.ui.theme import LOOKS, plain
from recsys.ui.view_state import highlight_article, set_choice
from recsys.ui.words import compared_names, only_compared, ordinal

FACTS = 8
"""Bars of an open row; the other facts share one."""
SORT = "compare.sort"
page = page_context()
engine, view = page.loaded.engine, page.view


def draw_matrix() -> None:
    """Candidates down, algorithms across."""
    with controls:
        scopes = comparison.scopes(whole, view.k)
        names = {"shown": "Shown", "reranked": "Reranked", "pool": "Whole pool"}
        some = scopes[choose("compare.rows", "Rows", {name: f"{names[name]} ({len(scopes[name])})" for name in names})]
    filters = comparison.filters(some, engine.suggesting)
    chips = {name: f"{comparison.filter_label(name)} ({int(mask.sum())})" for name, mask in filters.items()}
    chip = choose_or_none("compare.only", "Show only", chips)
    rows = some if chip is None else some[filters[chip]]
    if rows.empty:
        st.info("No candidate is like that. Choose other rows, or clear the filter.")
        return
    matrix.draw(
        rows,
        algorithms,
        shown=view.k,
        sort=view.choices.get(SORT, "moved" if chip == comparison.MOVED else matrix.SORTED_BY_RANK),
        chosen=view.article,
        detail=detail(view.article),
        on_sort=partial(set_choice, SORT),
        on_choose=highlight_article,
    )
    aside = f", {compared_names(engine)} aside" if engine.beside else ""
    st.caption(
        "Each cell has the article's **rank** in that algorithm's list and the algorithm's **own score**; it is blank "
        "where the article is not in that list. **Score** is the reranker's. **Moved** counts from the best rank in a "
        f"single list{aside}. The red line is the end of what the reader sees. Click a row to see why it is there. "
        + only_compared(engine)
    )
    with st.container(horizontal=True):
        charts.download(rows, "candidates")
        report_button.draw(answer)


def detail(article: int | None) -> matrix.Detail | None:
    """What the row of the chosen article shows when it opens."""
    rank = 0 if article is None else answer.ranks_of(article)[ENSEMBLE]
    if not rank:
        return None
    row = int(answer.ranking.order[rank - 1])
    if not answer.ranking.reranked[row]:
        kept = int(answer.ranking.reranked.sum())
        return matrix.Detail(
            f"The fast first stage kept {kept} articles for the reranker; this was not one of them.", []
        )
    start, (facts,) = explanation.contributions_of(engine, answer, [row])
    sentence = reasons.in_a_sentence(reasons.by_reason(facts), rank, bool(answer.history))
    return matrix.Detail(sentence, bars.waterfall(facts, start, float(answer.ranking.scores[row]), FACTS))


def draw_lists() -> None:
    """The first of each list, side by side."""
    first = comparison.lists(answer, view.k)
    names = [ENSEMBLE, *algorithms]
    article_lists.draw([side(name, first[name]) for name in names], view.article, highlight_article)
    left, right = st.columns(2, gap="large")
    with left:
        st.header(f"Who suggested the first {view.k}", anchor=False)
        shares = comparison.contributions(answer, view.k)
        bars.draw([share_bar(row) for row in shares.to_dict("records")], "Articles of the final list", "contributions")
        st.caption(
            "Articles of the final list that each algorithm suggested. An article can have been suggested by several. "
            + only_compared(engine)
        )
    with right:
        st.header(f"What the first {view.k} have in common", anchor=False)
        short = {name: LOOKS[name].short for name in first}
        heat.draw(comparison.overlap(first).rename(index=short, columns=short), view.k, "list")
        st.caption("How many articles each pair of lists has in common.")


def side(name: str, items: Ints) -> Column:
    """A list as the page shows it: under each article what came of it, or who suggested it."""
    if name in engine.beside:
        ranks = dict(zip(whole["article_id"].tolist(), whole["rank"].tolist(), strict=True))
        ids = engine.articles.ids[items].tolist()
        marks = [fate(ranks[one]) if one in ranks else "not suggested" for one in ids]
        entries = [
            card(engine, one, answer.as_of, mark=mark, hit=one == answer.ground_truth)
            for one, mark in zip(ids, marks, strict=True)
        ]
        return Column(LOOKS[name].label, LOOKS[name].colour, entries, "Nothing to show.")
    rows = comparison.column(whole, engine.articles.ids[items])
    entries = [replace(one, score=None) for one in cards.list_cards(engine, rows, engine.suggesting)]
    if name != ENSEMBLE:
        pairs = zip(entries, rows["reranked"].tolist(), strict=True)
        entries = [replace(one, suggested=(), mark=fate(rank)) for one, rank in pairs]
    empty = "Switched off." if name in view.without else "Nothing to suggest."
    return Column(LOOKS[name].label, LOOKS[name].colour, entries, empty)


def fate(rank: int) -> str:
    """What the reranker made of a suggestion."""
    return f"now {ordinal(rank)}" if rank <= view.k else f"now {ordinal(rank)}, not shown"


def share_bar(row: dict[Hashable, Any]) -> Bar:
    """An algorithm's part of the final list."""
    high, alone, part = row["in_first"], row["alone"], row["in_final_list"]
    told = f"{high} of them high on its own list" + (f"; {alone} found by no other" if alone else "")
    return Bar(LOOKS[row["system"]].label, told, str(part), 0, part, LOOKS[row["system"]].colour)


def highlighted(article: int) -> None:
    """The rank of the highlighted article everywhere."""
    if engine.articles.index(article) < 0:
        messages.warning(f"There is no article {article} in this set.")
        return
    ranks = ", ".join(
        LOOKS[name].badge(f"{LOOKS[name].label}: {rank or 'not listed'}")
        for name, rank in answer.ranks_of(article).items()
    )
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"Highlighted: **{plain(engine.title_of(article))}**. {ranks}", width="content")
        st.button("Clear highlight", on_click=highlight_article, args=(None,))


def without_them() -> None:
    """What the algorithms that are off would change."""
    st.header("What the algorithms that are off would change", anchor=False)
    whole = engine.recommend(replace(view.request(), without=frozenset()))
    gone = [one for one in whole.articles if one not in answer.articles]
    names = " and ".join(LOOKS[name].label for name in view.without)
    titles = ", ".join(plain(engine.title_of(one)) for one in gone)
    st.markdown(
        f"{names} would bring {len(gone)} of the {len(whole.articles)} articles that are missing now: {titles}."
        if gone
        else f"{names} would change none of the {len(whole.articles)} articles: the others found them too."
    )


st.title("What did each algorithm suggest, and what came of it?", anchor=False)
answer = page.answer()
algorithms = [*engine.suggesting, *engine.beside]
whole = candidate_matrix(engine, answer)
cards.outcome(engine, answer)
controls = st.container(horizontal=True, vertical_alignment="bottom", gap="medium")
with controls:
    views = {"matrix": "Candidate matrix", "lists": "Lists side by side"}
    is_matrix = choose("compare.view", "View", views) == "matrix"
if not len(answer.ranking.pool):
    page.nothing_suggested()
elif is_matrix:
    draw_matrix()
else:
    draw_lists()
if view.article is not None:
    highlighted(view.article)
if view.without:
    without_them()
