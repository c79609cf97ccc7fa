"""What would we recommend to this reader?"""

from dataclasses import replace

import streamlit as st

from recsys.analysis.candidate_matrix import candidate_matrix
from recsys.core.numbers import in_words
from recsys.ui.components import article_lists, cards, charts, late, moving_lists, report_button, request_card
from recsys.ui.components.article_lists import Column
from recsys.ui.control_bar import moment_in_words
from recsys.ui.page_context import page_context, page_named
from recsys.ui.tables import explanation, reasons
from recsys.ui.theme import LOOKS, plain
from recsys.ui.view_state import highlight_article
from recsys.ui.words import only_compared

page = page_context()
engine = page.loaded.engine

st.title("What would we recommend to this reader?", anchor=False)
answer = page.answer()
pool = answer.ranking.pool
rows = candidate_matrix(engine, answer, len(answer.articles))

cards.visitor_card(engine, answer)
cards.outcome(engine, answer)
st.header(f"The {len(rows)} articles that we would show", anchor=False)
if rows.empty:
    page.nothing_suggested()
else:
    _, (facts,) = explanation.contributions_of(engine, answer, [int(answer.ranking.order[0])])
    why = reasons.in_a_sentence(reasons.by_reason(facts), 1, bool(answer.history))
    st.markdown(f"*{plain(rows['article'].iloc[0])}*: {why}")
    with late.links("of_the_list"):
        st.page_link(page_named("explain"), label="Why is it first?", icon=":material/help_center:")
        st.page_link(page_named("compare"), label="Who suggested what?", icon=":material/view_column:")
    articles = cards.list_cards(engine, rows, list(pool.candidates))
    if answer.profile.overrides_applied:
        own = engine.recommend(replace(answer.request, overrides={}, as_of=answer.as_of)).articles
        marks = {one: moving_lists.moved(index, one, own) for index, one in enumerate(answer.articles)}
        articles = [replace(one, mark="new here" if marks[one.id] == "new" else marks[one.id]) for one in articles]
        others = sum(one not in own for one in answer.articles)
        st.markdown(
            f"In this context **{others} of {len(articles)}** articles are new, compared with the reader's own. The "
            "marks say which, and how far the others moved."
        )
    article_lists.draw([Column("The final list", "red", articles)], page.view.article, highlight_article, kind="wide")
    with st.container(horizontal=True):
        charts.download(rows, "recommendations")
        report_button.draw(answer)

history, reading = st.columns(2, gap="large")
with history:
    cards.history_card(engine, answer)
with reading:
    st.header("How to read this", anchor=False)
    lists = " ".join(
        LOOKS[name].badge(f"{LOOKS[name].label}: {int((candidates.items[0] >= 0).sum())}")
        for name, candidates in pool.candidates.items()
    )
    st.markdown(
        f"{in_words(len(engine.suggesting)).capitalize()} algorithms suggest articles of "
        f"*{plain(page.loaded.manifest.title)}*, and a reranker puts them in order. It is "
        f"**{moment_in_words(page.loaded, page.view)}**. The models know nothing that happened later.\n\n"
        f"Each algorithm made a list: {lists}. Together they suggested {len(pool)} articles. A fast first stage kept "
        f"{int(answer.ranking.reranked.sum())} of them, and the reranker scored those by "
        f"{len(answer.ranking.columns)} facts; a higher **score** is better. The labels beside an article say which "
        f"algorithms suggested it, and at which rank of their own list.\n\n{only_compared(engine)}"
    )
    took = ", ".join(f"{stage} {ms:.1f} ms" for stage, ms in answer.timings_ms.items())
    st.caption(f"This took: {took}.")

request_card.draw(page.view.request())
