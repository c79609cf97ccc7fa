"""Why is this above that?"""

import streamlit as st

from recsys.data.settings import title
from recsys.domain import OVERRIDABLE
from recsys.ranking.features import FEATURES
from recsys.ui import cards, charts, explanation, sets
from recsys.ui.choices import choose_article
from recsys.ui.figures import answers as figures
from recsys.ui.page import shown
from recsys.ui.theme import plain

SHOWN = 10  # facts in a chart; the others are summed

page = shown()
engine, view = page.loaded.engine, page.view
answer = page.answer()
st.title("Why is this above that?", anchor=False)
st.markdown(
    "The reranker is a sum of small decision trees over facts about visitor and article. What each fact adds to an "
    "article's score can be told exactly, and the highest score comes first. Of the pool's articles the first few "
    "trees leave those that are worth weighing."
)
pool = answer.ranking.pool
ids = engine.articles.ids[pool.items[answer.ranking.order_weighed]].tolist()
if len(ids) < 2:
    st.warning("The pool holds fewer than two articles: there is nothing to compare. Pick another visitor.")
    st.stop()

# A table, not a function of this page: widgets keep what they are given, and with a function all that the page knows.
names = {article: f"{place}. {engine.title_of(article)}" for place, article in enumerate(ids, start=1)}
start = view.article if view.article in ids else ids[0]
if start != (view.article or start):
    st.warning(
        "The article that you looked at is not among those that the reranker weighed for this visitor: no algorithm "
        "proposed it, or its first trees sorted it out. Here is the first of the list."
    )
left, right = st.columns(2)
article = choose_article(left, "Why is this …", ids, start, names.__getitem__)
others = [one for one in ids if one != article]
below = min(ids.index(article), len(others) - 1)
other = right.selectbox("… and not this in its place?", others, index=below, format_func=names.__getitem__)

row, other_row = (explanation.row_of(answer, one) for one in (article, other))
start_score, (facts, other_facts) = explanation.weigh(engine, answer, [row, other_row])
lifts, holds = explanation.lifting(facts), explanation.holding_back(facts)
st.subheader(f"Why it is number {ids.index(article) + 1} of {len(pool)}", anchor=False)
for place, what, those in zip(st.columns(2), ("What lifts it most", "What holds it back"), (lifts, holds), strict=True):
    place.markdown(f"{what}:\n\n{cards.facts_in_words(those)}" if len(those) else f"{what}: nothing.")
score = float(answer.ranking.scores[row])
charts.show(
    figures.waterfall(facts, start_score, score, SHOWN),
    f"From the score that every article starts from to {score:.2f}, fact by fact.",
    facts.drop(columns="name"),
    "facts",
)

st.subheader("One against the other", anchor=False)
versus = explanation.versus(facts, other_facts)
gap = score - float(answer.ranking.scores[other_row])
above = "above" if gap >= 0 else "below"
st.markdown(
    f"*{plain(names[article])}* stands {abs(gap):.2f} {above} *{plain(names[other])}*. Bars to the right speak for the "
    "first, bars to the left for the second."
)
charts.show(
    figures.balance(versus, SHOWN),
    "How much of the difference of the two scores each fact makes.",
    versus.drop(columns="name"),
    "versus",
)

st.subheader("What single change of the context would swap them?", anchor=False)
codes = {field: sets.codes(page.loaded, field) for field in OVERRIDABLE}
changes = explanation.single_changes(engine, answer, (article, other), codes)
before = ids.index(article) > ids.index(other)
swaps = changes[changes["swapped"] != before]
changes.insert(2, "name", [engine.settings.label(one.field, one.code) for one in changes.itertuples()])
if swaps.empty:
    st.markdown(f"None of the {len(changes)} other devices, systems and countries would.")
else:
    said = ", ".join(f"{title(one.field)} **{plain(changes.loc[one.Index, 'name'])}**" for one in swaps.itertuples())
    st.markdown(f"{len(swaps)} of {len(changes)} would: {said}.")
with st.expander("Their places after every single change"):
    charts.table(changes, "single_changes")

st.subheader("Everything that was weighed", anchor=False)
st.caption(
    f"The {len(ids)} articles that were weighed, of {len(pool)} in the pool, with all {len(facts)} facts. The head of "
    "a column tells what it means."
)
charts.table(
    explanation.pool_table(engine, answer),
    "pool",
    {
        fact: st.column_config.NumberColumn(
            FEATURES[fact].label, help=f"{FEATURES[fact].meaning} In {FEATURES[fact].unit}."
        )
        for fact in answer.ranking.feature_names
    },
)
