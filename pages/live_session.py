"""What does each click change?"""

from dataclasses import replace

import pandas as pd
import streamlit as st

from recsys.domain import ENSEMBLE, NOTHING, Ints
from recsys.errors import InputError
from recsys.live_session import MOST_CLICKS, LiveSession, observed, steps
from recsys.ui import charts, moves, side_by_side, spaces
from recsys.ui.figures.systems import lines
from recsys.ui.page import shown
from recsys.ui.request_card import draw as request_card
from recsys.ui.sidebar import moment_in_words
from recsys.ui.theme import LOOKS, plain
from recsys.ui.view import set_session
from recsys.wire.question import Question

NEAR = 6
MOST_VISITORS = 500
page = shown()
engine, view = page.loaded.engine, page.view
known = tuple(one for one in view.session if engine.articles.index(one) >= 0)
session = LiveSession(
    engine.end if view.as_of is None else view.as_of, known, view.overrides, view.k, frozenset(view.without)
)


def read(article_id: int | None) -> None:
    """Click an article."""
    if article_id is not None:
        set_session((*known, article_id)[-MOST_CLICKS:])


def articles(items: Ints) -> list[tuple[int, str]]:
    """A list's ids and headlines."""
    return [(int(engine.articles.ids[item]), engine.title(item)) for item in items[items != NOTHING].tolist()]


st.title("What does each click change?", anchor=False)
st.markdown(
    "Be a new visitor: choose a device, a system and a country in the sidebar, and click what you would read. The "
    f"clock stands at **{moment_in_words(page.loaded, view)}**, so that whatever moves is moved by your click."
)
if len(known) < len(view.session):
    st.warning(f"Clicks on articles that this set does not have are left out: {len(view.session) - len(known)}.")
try:
    found = steps(engine, session)
except InputError as error:
    st.error(str(error), icon=":material/error:")
    st.stop()

with st.container(horizontal=True, vertical_alignment="center"):
    st.button("Undo the last click", on_click=set_session, args=(known[:-1],), disabled=not known)
    st.button("Start over", on_click=set_session, args=((),), disabled=not known)
    st.download_button(
        "The session as JSON",
        Question.of(session.request()).to_json(),
        "session.json",
        "application/json",
        icon=":material/download:",
        disabled=not known,
    )
now = len(known)
order = [ENSEMBLE, *(name for name in found.lists if name != ENSEMBLE)]
columns = []
for name in order:
    before = [one for one, _ in articles(found.lists[name][now - 1])] if now else None
    empty = "Switched off." if name in view.without else "Silent: nothing to go on."
    columns.append(
        moves.column(LOOKS[name].label, LOOKS[name].colour, articles(found.lists[name][now]), before, empty=empty)
    )
side_by_side.draw(columns, None, read)
if now:
    final = [dict(articles(found.lists[ENSEMBLE][step])) for step in (now - 1, now)]
    gone = [title for one, title in final[0].items() if one not in final[1]]
    came = [title for one, title in final[1].items() if one not in final[0]]
    st.markdown(
        f"The last click brought {len(came)} articles and took {len(gone)}"
        + (f": {', '.join(plain(title) for title in gone)}." if gone else ".")
    )

if now:
    st.subheader("If the system learned from it", anchor=False)
    st.markdown("Off, nobody else's list knows of your clicks. On, they count like anybody's, in this browser alone.")
    with st.container(horizontal=True, vertical_alignment="bottom"):
        learns = st.toggle("Learn from these clicks", key="learns")
        crowd = st.number_input("Visitors who do the same", 1, MOST_VISITORS, 100, disabled=not learns, key="crowd")
    if learns:
        somebody = replace(session, article_ids=()).request()
        try:
            learned = engine.observe(observed(session, int(crowd))).recommend(somebody)
        except InputError as error:
            st.error(f"These clicks can't be learned from: {error}", icon=":material/error:")
            st.stop()
        untold = engine.recommend(somebody)
        before, after = ([(one, engine.title_of(one)) for one in answer.articles] for answer in (untold, learned))
        side_by_side.draw(
            [
                moves.column("Somebody new, before", "gray", before, None),
                moves.column("Somebody new, after", "red", after, untold.articles),
            ],
            None,
            lambda _: None,
            key="learned",
        )

st.subheader("Who makes the list", anchor=False)
parts = pd.DataFrame({"clicks": range(now + 1), **found.proposed})
shares = ", ".join(f"{LOOKS[name].label} {parts[name].iloc[-1]}" for name in found.proposed)
st.markdown(
    f"Of the first {view.k}, each algorithm has among its own first {view.k}: {shares}. "
    + (
        "Without a click, contextual popularity knows the visitor best: its blend by device, system and country."
        if not now
        else "Contextual popularity's blend was left with the first click; now there is a history to go by."
    )
)
if now:
    figure = lines(parts, "clicks", list(found.proposed), "clicks so far", f"of the first {view.k}")
    charts.show(
        figure.update_xaxes(dtick=1),
        "How many of the final list each algorithm had among its own first ones, click by click.",
        parts,
        "who_makes_the_list",
    )
    st.subheader("How much each click counts", anchor=False)
    clicks = pd.DataFrame(
        {"click": range(1, now + 1), "article": [engine.title_of(one) for one in known], "others": found.counted}
    )
    charts.table(
        clicks,
        "clicks",
        {"click": "#", "article": "Clicked", "others": f"Of the first {view.k}, others without it"},
    )

st.subheader("What the visitor's vector is near", anchor=False)
moment = engine.at(session.as_of)
spaces_found = {name: one for name, one in moment.retrievers.items() if one.article_vectors is not None}
for place, (name, retriever) in zip(st.columns(len(spaces_found), gap="large"), spaces_found.items(), strict=True):
    with place:
        st.markdown(LOOKS[name].badge(f"**{LOOKS[name].label}**"))
        vectors, own = retriever.article_vectors, retriever.visitor_vectors(found.visitor)
        near = spaces.near(engine, vectors, own[0], NEAR) if vectors is not None and own is not None else None
        if near is None or near.empty:
            st.caption("No vector yet: it takes a click on an article that has one.")
        else:
            shown_columns = {"article_id": None, "article": "Article", "section": "Section", "cosine": "Cosine"}
            charts.table(near, f"near_{name}", shown_columns)

request_card(session.request())
