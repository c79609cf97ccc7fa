"""Why is this above that?"""

import streamlit as st

from recsys.core.entities import OVERRIDABLE
from recsys.data.dataset_settings import title
from recsys.ui import cached
from recsys.ui.components import cards, charts
from recsys.ui.components.choices import choose_article
from recsys.ui.figures import ranking as figures
from recsys.ui.page_context import page_context
from recsys.ui.tables import explanation
from recsys.ui.theme import plain

SHOWN = 10  # facts in a chart; the others are summed

page = page_context()
engine, view = page.loaded.engine, page.view
answer = page.answer()
st.title("Why is this above that?", anchor=False)
st.markdown(
    "The reranker adds up many small decision trees over facts about reader and article. What each fact adds to an "
    "article's score is computed exactly (SHAP), and the highest score comes first. A fast first stage decides which "
    "articles are scored at all."
)
pool = answer.ranking.pool
ids = engine.articles.ids[pool.items[answer.ranking.reranked_order]].tolist()
if len(ids) < 2:
    st.warning("Fewer than two articles were suggested, so there is nothing to compare. Pick another reader.")
    st.stop()

# A table, not a function of this page: widgets keep what they are given, and with a function all that the page knows.
names = {article: f"{rank}. {engine.title_of(article)}" for rank, article in enumerate(ids, start=1)}
start = ids[0] if view.article is None or view.article not in ids else view.article
if view.article not in (None, start):
    st.warning(
        "The highlighted article was not scored for this reader: no algorithm suggested it, or the first stage dropped "
        "it. The first article of the list is shown instead."
    )
left, right = st.columns(2)
article = choose_article(left, "Why is this …", ids, start, names.__getitem__)
others = [one for one in ids if one != article]
below = min(ids.index(article), len(others) - 1)
other = right.selectbox("… and not this one?", others, index=below, format_func=names.__getitem__)

rows = answer.ranking.reranked_order[[ids.index(article), ids.index(other)]].tolist()
start_score, (facts, other_facts) = explanation.contributions_of(engine, answer, rows)
lifts, holds = explanation.lifting(facts), explanation.holding_back(facts)
st.subheader(f"Why it is number {ids.index(article) + 1} of {len(pool)}", anchor=False)
for container, what, those in zip(
    st.columns(2), ("What lifts it most", "What holds it back"), (lifts, holds), strict=True
):
    container.markdown(f"{what}:\n\n{cards.facts_in_words(those)}" if len(those) else f"{what}: nothing.")
score, other_score = answer.ranking.scores[rows].tolist()
charts.show(
    figures.waterfall(facts, start_score, score, SHOWN),
    f"From the score that every article starts from to {score:.2f}, fact by fact.",
    facts.drop(columns="name"),
    "facts",
)

st.subheader("One against the other", anchor=False)
versus = explanation.versus(facts, other_facts)
gap = score - other_score
above = "above" if gap >= 0 else "below"
st.markdown(
    f"*{plain(names[article])}* is {abs(gap):.2f} {above} *{plain(names[other])}*. Bars to the right favour the first "
    "article, bars to the left the second."
)
charts.show(
    figures.balance(versus, SHOWN),
    "How much each fact contributes to the difference between the two scores.",
    versus.drop(columns="name"),
    "versus",
)

st.subheader("Which change of context would swap them?", anchor=False)
codes = {field: cached.codes(page.loaded, field) for field in OVERRIDABLE}
changes = explanation.single_changes(engine, answer, (article, other), codes)
before = ids.index(article) > ids.index(other)
changes.insert(2, "name", [engine.dataset.label(row["field"], row["code"]) for row in changes.to_dict("records")])
swaps = changes[changes["swapped"] != before]
if swaps.empty:
    st.markdown(f"None of the {len(changes)} other devices, systems and countries would.")
else:
    which = ", ".join(f"{title(row['field'])} **{plain(row['name'])}**" for row in swaps.to_dict("records"))
    st.markdown(f"{len(swaps)} of {len(changes)} would: {which}.")
with st.expander("Their ranks after every single change"):
    charts.table(changes, "single_changes")

st.subheader("Every article that was scored", anchor=False)
st.caption(
    f"The {len(ids)} articles that passed the first stage, of {len(pool)} suggested, with all {len(facts)} facts. "
    "Point at the head of a column to see what it means."
)
charts.table(
    explanation.pool_table(engine, answer),
    "pool",
    {
        fact.name: st.column_config.NumberColumn(fact.label, help=f"{fact.meaning} In {fact.unit}.")
        for fact in answer.ranking.columns
    },
)
