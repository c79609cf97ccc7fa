"""What would this visitor get, now?"""

import streamlit as st

from recsys.ui import cards, explanation, request_card
from recsys.ui.page import page_named, shown
from recsys.ui.sidebar import moment_in_words
from recsys.ui.theme import LOOKS, plain

page = shown()
engine = page.loaded.engine

st.title("What would this visitor get, now?", anchor=False)
st.markdown(
    f"Four algorithms propose articles of *{page.loaded.manifest.title}* to a visitor; a reranker puts them in order. "
    f"The clock stands at **{moment_in_words(page.loaded, page.view)}**: nothing later is known to any of them."
)
answer = page.answer()
rows = cards.list_rows(engine, answer)

cards.visitor_card(engine, answer)
cards.outcome(engine, answer)
st.subheader(f"The {len(rows)} articles to show", anchor=False)
if rows.empty:
    st.warning("No algorithm had anything to propose at this moment. Pick another visitor in the sidebar.")
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
    _, (facts,) = explanation.weigh(engine, answer, [int(answer.ranking.order[0])])
    st.markdown(
        f"Of {len(facts)} facts, these lift *{plain(rows['article'][0])}* most; in brackets, what each adds to its "
        f"score:\n\n{cards.facts_in_words(explanation.lifting(facts))}"
    )
    st.page_link(page_named("explain"), label="Set it against another", icon=":material/arrow_forward:")

history, reading = st.columns(2, gap="large")
with history:
    cards.history_card(engine, answer.history, answer.as_of)
with reading:
    st.subheader("How to read this", anchor=False)
    pool = answer.ranking.pool
    said = " ".join(
        LOOKS[name].badge(f"{LOOKS[name].label}: {int((candidates.items[0] >= 0).sum())}")
        for name, candidates in pool.candidates.items()
    )
    st.markdown(
        f"Each algorithm made a list: {said}. Together they are a pool of {len(pool)} articles. The reranker "
        f"weighed {len(answer.ranking.feature_names)} facts on each of the {int(answer.ranking.weighed.sum())} that a "
        "quick look left of them; **Score** is its verdict, higher is better. The labels "
        "beside an article tell which algorithms proposed it, and at which place of their own list."
    )
    took = ", ".join(f"{stage} {ms:.1f} ms" for stage, ms in answer.timings_ms.items())
    st.caption(f"Time taken: {took}.")

request_card.draw(page.view.request())
