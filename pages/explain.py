"""Why is this above that?"""

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from recsys.core.entities import OVERRIDABLE
from recsys.core.numbers import whole_number
from recsys.data.dataset_settings import title
from recsys.ui import cached
from recsys.ui.components import bars, cards, charts
from recsys.ui.components.bars import Bar, signed
from recsys.ui.components.choices import choose, choose_article
from recsys.ui.page_context import page_context
from recsys.ui.tables import explanation, reasons
from recsys.ui.theme import plain
from recsys.ui.words import ordinal

SHOWN = 12  # facts with a bar of their own; the others are summed
OTHER = "explain.other"
page = page_context()
engine, view = page.loaded.engine, page.view
answer = page.answer()
st.title("Why is this above that?", anchor=False)
ids = engine.articles.ids[answer.ranking.pool.items[answer.ranking.reranked_order]].tolist()
if not ids:
    page.nothing_suggested()
    st.stop()
if len(ids) < 2:
    st.warning("Only one article was suggested, so there is nothing to compare. Pick another reader above.")
    st.stop()

# A table, not a function of this page: widgets keep what they are given, and with a function all that the page knows.
names = {article: f"{rank}. {engine.title_of(article)}" for rank, article in enumerate(ids, start=1)}
start = ids[0] if view.article is None or view.article not in ids else view.article
if view.article not in (None, start):
    st.warning(
        "The highlighted article was not scored for this reader: no algorithm suggested it, or the first stage dropped "
        "it. The first article of the list is shown instead."
    )
left, right = st.columns(2, gap="large")
article = choose_article(left, "Why is this …", ids, start, names.__getitem__)
others = [one for one in ids if one != article]
kept = whole_number(view.choices.get(OTHER, ""))
below = kept if kept is not None and kept in others else others[min(ids.index(article), len(others) - 1)]
other = choose_article(right, "… and not this one?", others, below, names.__getitem__, OTHER)

rows = answer.ranking.reranked_order[[ids.index(article), ids.index(other)]].tolist()
start_score, both = explanation.contributions_of(engine, answer, rows)
summed = [reasons.by_reason(facts) for facts in both]
has_read = bool(answer.history)
pair = [[signed(row["reason"], row["adds"]) for row in table.to_dict("records")] for table in summed]
limits = bars.scale([bar for one in pair for bar in one])
scores = answer.ranking.scores[rows].tolist()


def side(which: int, of: int, table: pd.DataFrame, reasons_bars: Sequence[Bar]) -> None:
    """The reasons for an article, and the sentence that they come to."""
    rank = ids.index(of) + 1
    st.markdown(f"{reasons.in_a_sentence(table, rank, has_read)} **Score: {scores[which]:.2f}**")
    bars.draw(reasons_bars, f"What each reason adds to the score of number {rank}.", f"reasons_{which}", limits)


with left:
    side(0, article, summed[0], pair[0])
with right:
    side(1, other, summed[1], pair[1])
gap = scores[0] - scores[1]
st.markdown(
    f"Number {ids.index(article) + 1} is **{abs(gap):.2f} {'above' if gap >= 0 else 'below'}** number "
    f"{ids.index(other) + 1}. {reasons.in_a_sentence_against(summed[0], summed[1])} Every article starts "
    f"from {start_score:.2f}; what the reasons add makes up its score, and the highest score comes first."
)

shown = {"both": "What decides between them", "first": "All facts of the first", "second": "All facts of the second"}
st.header("Fact by fact", anchor=False)
detail = choose("explain.facts", "Show", shown)
if detail == "both":
    versus = explanation.versus(*both)
    decisive = [signed(row["fact"], row["difference"]) for row in versus.head(SHOWN).to_dict("records")]
    bars.draw(decisive, "How much each fact contributes to the difference between the two scores.", "versus")
    st.caption("Bars to the right favour the first article, bars to the left the second.")
    charts.download(versus.drop(columns="name"), "versus")
else:
    which = 0 if detail == "first" else 1
    facts, of = both[which], (article, other)[which]
    lifts, holds = explanation.lifting(facts), explanation.holding_back(facts)
    pool_size = len(answer.ranking.pool)
    st.markdown(f"*{plain(engine.title_of(of))}* is {ordinal(ids.index(of) + 1)} of {pool_size} suggested.")
    for container, what, those in zip(
        st.columns(2, gap="large"), ("What lifts it most", "What holds it back"), (lifts, holds), strict=True
    ):
        container.markdown(f"{what}:\n\n{cards.facts_in_words(those)}" if len(those) else f"{what}: nothing.")
    bars.draw(
        bars.waterfall(facts, start_score, scores[which], SHOWN),
        f"From the score that every article starts from to {scores[which]:.2f}, fact by fact.",
        "waterfall",
    )
    charts.download(facts.drop(columns="name"), "facts")

st.header("Which change of context would swap them?", anchor=False)
codes = {field: cached.codes(page.loaded, field) for field in OVERRIDABLE}
changes = explanation.single_changes(engine, answer, (article, other), codes)
before = ids.index(article) > ids.index(other)
changes.insert(2, "name", [engine.dataset.label(row["field"], row["code"]) for row in changes.to_dict("records")])
swaps = changes[changes["swapped"] != before]
if swaps.empty:
    st.markdown(f"None of the {len(changes)} other devices, systems and countries would.")
else:
    in_words = ", ".join(f"{title(row['field'])} **{plain(row['name'])}**" for row in swaps.to_dict("records"))
    st.markdown(f"{len(swaps)} of {len(changes)} would: {in_words}.")
charts.on_demand(lambda: changes, "single_changes", "Their ranks after every single change")

st.header("Every article that was scored", anchor=False)
st.caption(
    f"The {len(ids)} articles that passed the first stage, of {len(answer.ranking.pool)} suggested, with all "
    f"{len(both[0])} facts. Point at the head of a column to see what it means."
)
charts.on_demand(
    lambda: explanation.pool_table(engine, answer),
    "pool",
    "Show the table",
    {
        fact.name: st.column_config.NumberColumn(fact.label, help=f"{fact.meaning} In {fact.unit}.")
        for fact in answer.ranking.columns
    },
)
