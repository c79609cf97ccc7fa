"""What is different between A and B?"""

from collections.abc import Callable
from dataclasses import replace

import streamlit as st

from recsys.core.policy import NO_POLICY
from recsys.core.types import HOUR
from recsys.engine.recommendation import Recommendation
from recsys.errors import RecsysError
from recsys.evaluation.set_comparison import list_overlap
from recsys.policy.files import standard
from recsys.ui import cached, messages, pinned
from recsys.ui.components import charts, pair, visit_table, waiting
from recsys.ui.components.article_lists import Column, card
from recsys.ui.components.moving_lists import moved
from recsys.ui.control_bar import in_one_line
from recsys.ui.page_context import page_context
from recsys.ui.pinned import Side
from recsys.ui.tables import two_views
from recsys.ui.theme import LOOKS, plain
from recsys.ui.view_state import ViewState, change, highlight_article

page = page_context()
view = page.view
b = Side(page.set_name, page.loaded, view)


def suggestions() -> dict[str, ViewState]:
    """Changes worth trying, by what they are called."""
    engine, names = page.loaded.engine, page.loaded.engine.suggesting
    earlier = view.moment(engine) - HOUR
    found = {}
    if view.user_id is not None:
        found["Nobody known"] = replace(view, user_id=None, as_of=view.moment(engine))
    if engine.can_replay(earlier):
        found["An hour earlier"] = replace(view, as_of=earlier)
    if not view.without:
        found[f"Without {LOOKS[names[0]].short}"] = replace(view, without=(names[0],))
    example = standard()[0]
    if view.policy.rules:
        found["Without the policy"] = replace(view, policy=NO_POLICY)
    else:
        found[example.name] = replace(view, policy=example)
    return found


def column(side: Side, name: str, answer: Recommendation, other: Recommendation) -> Column:
    """One of the two lists: where each article stood in the other, or that it is not there."""
    cards = []
    for index, article in enumerate(answer.articles):
        if name == "A":
            mark = "" if article in other.articles else "gone in B"
        else:
            mark = moved(index, article, other.articles)
        cards.append(card(side.loaded.engine, article, answer.as_of, mark=mark, hit=article == answer.ground_truth))
    return Column(f"{name}: {in_one_line(side.loaded, side.view)}", "gray" if name == "A" else "red", cards)


def titles(a: Side) -> Callable[[int], str]:
    """What gives an article's headline, from whichever set has it."""
    engines = [b.loaded.engine, a.loaded.engine]

    def title(article_id: int) -> str:
        has_it = next((engine for engine in engines if engine.articles.index(article_id) >= 0), engines[0])
        return has_it.title_of(article_id)

    return title


def both_sets(a: Side) -> None:
    """Which of two sets is better, over the visits that they keep."""
    st.header("Which set is better?", anchor=False)
    job = cached.set_comparison(a.loaded, b.loaded)
    try:
        found = job.made()
    except RecsysError as error:
        st.info(plain(str(error)))
        return
    if found is None:
        waiting.draw(job, "Asking both sets about the visits that they keep …")
        return
    wins, ndcg = found.wins, found.metrics["ndcg@20"]
    st.markdown(
        f"**{found.verdict('B', 'A')}**: B answered {wins['new']:,} of {ndcg.requests:,} visits better, A "
        f"{wins['old']:,}, and {wins['alike']:,} they answered equally well. Their lists are "
        f"{found.overlap:.0%} alike. {found.asked} {' '.join(found.notes)}"
    )
    charts.table(
        two_views.figures(found),
        "set_comparison",
        {
            "figure": "Figure",
            "requests": "Visits",
            **{name: st.column_config.NumberColumn(name.upper(), format="%.4f") for name in ("a", "b")},
            "difference": st.column_config.NumberColumn("B − A", format="%+.4f"),
            "low": st.column_config.NumberColumn("95% from", format="%+.4f"),
            "high": st.column_config.NumberColumn("to", format="%+.4f"),
        },
    )
    st.header("Where they differ most", anchor=False)
    visits = two_views.differing_visits(found)
    if visits.empty:
        st.info("On no visit: all lists are the same.")
        return
    columns = {
        "rank_a": "Rank in A",
        "rank_b": "Rank in B",
        "overlap": st.column_config.NumberColumn("Alike", format="percent"),
    }
    visit_table.draw(visits, "a_b", columns, "Visits, with the rank of the article opened next in both sets")


st.title("What is different between A and B?", anchor=False)
answer = page.answer()
try:
    a = pinned.pinned(page.set_name, page.loaded, view) or b
    before = a.loaded.engine.recommend(a.view.request())
except RecsysError as error:
    messages.error(f"A can't be shown: {error}")
    st.button("Pin this view as A", on_click=pinned.pin, args=(view,))
    st.stop()
told = pinned.differences(a, b)
title_of = titles(a)
st.markdown(
    f"**A** is pinned; **B** is what you choose above. They differ in {' and '.join(map(plain, told))}."
    if told
    else "**A** is pinned; **B** is what you choose above, and so far the same. Change the reader, the moment, the "
    "device, an algorithm or the set, or try one of these."
)
with st.container(horizontal=True, gap="small", vertical_alignment="center"):
    st.button(
        "Pin B as A",
        icon=":material/keep:",
        on_click=pinned.pin,
        args=(view,),
        disabled=not told,
    )
    for name, changed in suggestions().items():
        st.button(plain(name), on_click=change, args=(changed,), type="tertiary")
shared = [one for one in answer.articles if one in before.articles]
alike = list_overlap(before.articles, answer.articles)
st.markdown(
    f"**{len(shared)} shared, {len(answer.articles) - len(shared)} different**: {alike:.0%} alike, where the first "
    f"places count most. {two_views.outcome({'A': before, 'B': answer}, lambda one: plain(title_of(one)))}"
)
if not answer.articles and not before.articles:
    page.nothing_suggested()
pair.draw(column(a, "A", before, answer), column(b, "B", answer, before), view.article, highlight_article)
charts.on_demand(lambda: two_views.lists(before, answer, title_of), "a_b_lists", "Show the lists as a table")
if a.set_name != b.set_name:
    both_sets(a)
