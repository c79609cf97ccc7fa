"""What would we recommend to this reader?"""

import streamlit as st

from recsys.core.numbers import in_words
from recsys.ui.components import cards, request_card
from recsys.ui.page_context import page_context, page_named
from recsys.ui.sidebar import moment_in_words
from recsys.ui.tables import explanation
from recsys.ui.theme import LOOKS, plain

page = page_context()
engine = page.loaded.engine

st.title("What would we recommend to this reader?", anchor=False)
st.markdown(
    f"{in_words(len(engine.start.retrievers)).capitalize()} algorithms suggest articles of "
    f"*{page.loaded.manifest.title}*, and a reranker puts them in order. It is "
    f"**{moment_in_words(page.loaded, page.view)}**. The models know nothing that happened later."
)
answer = page.answer()
rows = cards.list_rows(engine, answer)

cards.visitor_card(engine, answer)
cards.outcome(engine, answer)
st.subheader(f"The {len(rows)} articles that we would show", anchor=False)
if rows.empty:
    st.warning("No algorithm had anything to suggest at this moment. Pick another reader in the sidebar.")
else:
    cards.list_table(rows)
    st.download_button(
        "Download as CSV",
        rows.to_csv(index=False).encode(),
        f"recommendations_{page.view.user_id}.csv",
        "text/csv",
        icon=":material/download:",
    )
    st.subheader("Why number 1 is first", anchor=False)
    _, (facts,) = explanation.contributions_of(engine, answer, [int(answer.ranking.order[0])])
    st.markdown(
        f"Of {len(facts)} facts, these do most for *{plain(rows['article'][0])}*. In brackets is what each adds to its "
        f"score:\n\n{cards.facts_in_words(explanation.lifting(facts))}"
    )
    st.page_link(page_named("explain"), label="Compare with number 2", icon=":material/arrow_forward:")

history, reading = st.columns(2, gap="large")
with history:
    cards.history_card(engine, answer.history, answer.as_of)
with reading:
    st.subheader("How to read this", anchor=False)
    pool = answer.ranking.pool
    lists = " ".join(
        LOOKS[name].badge(f"{LOOKS[name].label}: {int((candidates.items[0] >= 0).sum())}")
        for name, candidates in pool.candidates.items()
    )
    st.markdown(
        f"Each algorithm made a list: {lists}. Together they suggested {len(pool)} articles. A fast first stage kept "
        f"{int(answer.ranking.reranked.sum())} of them, and the reranker scored those by "
        f"{len(answer.ranking.columns)} facts; a higher **score** is better. The labels beside an article say which "
        "algorithms suggested it, and at which rank of their own list."
    )
    took = ", ".join(f"{stage} {ms:.1f} ms" for stage, ms in answer.timings_ms.items())
    st.caption(f"This took: {took}.")

request_card.draw(page.view.request())
