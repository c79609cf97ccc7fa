"""What does each click change?"""

from dataclasses import replace
from functools import partial

import pandas as pd
import streamlit as st

from recsys.analysis.live_session import LiveSession, observed, steps
from recsys.api.schemas.request import RecommendationRequest
from recsys.core.entities import ENSEMBLE
from recsys.core.types import PAD, Ints
from recsys.errors import InputError
from recsys.ui import messages
from recsys.ui.components import article_lists, charts, moving_lists
from recsys.ui.components.request_card import draw as request_card
from recsys.ui.control_bar import moment_in_words
from recsys.ui.figures.systems import lines
from recsys.ui.page_context import page_context
from recsys.ui.tables import embeddings
from recsys.ui.theme import LOOKS, plain
from recsys.ui.view_state import add_click, set_session

NEAR = 6
LONGEST = 40  # letters of a headline on a button
MOST_PEOPLE = 500
page = page_context()
engine, view = page.loaded.engine, page.view
known = tuple(one for one in view.session if engine.articles.index(one) >= 0)
session = LiveSession(view.moment(engine), known, view.overrides, view.k, frozenset(view.without), view.policy)


def articles(items: Ints) -> list[int]:
    """A list's ids."""
    ids: list[int] = engine.articles.ids[items[items != PAD]].tolist()
    return ids


st.title("What does each click change?", anchor=False)
st.markdown(
    "Be a new reader: choose a device, a system and a country above, and click what you would read. It stays "
    f"**{moment_in_words(page.loaded, view)}**, so whatever changes is changed by your click."
)
if len(known) < len(view.session):
    st.warning(f"Clicks on articles that this set does not have are left out: {len(view.session) - len(known)}.")
try:
    found = steps(engine, session)
except InputError as error:
    page.refuse(error)

with st.container(horizontal=True, vertical_alignment="center"):
    st.button("Undo the last click", on_click=set_session, args=(known[:-1],), disabled=not known)
    st.button("Start over", on_click=set_session, args=((),), disabled=not known)
    st.download_button(
        "Download the session as JSON",
        RecommendationRequest.of(session.request(), engine.names).to_json(),
        f"{page.file_name('session')}.json",
        "application/json",
        icon=":material/download:",
        disabled=not known,
    )
now = len(known)
if now:
    with st.container(horizontal=True, gap="xsmall", vertical_alignment="center", key="own_clicks"):
        st.markdown("You read:", width="content")
        for number, one in enumerate(known):
            title = engine.title_of(one)
            st.button(
                plain(title if len(title) <= LONGEST else f"{title[: LONGEST - 1]}…"),
                key=f"take_back_{number}",
                icon=":material/close:",
                help="Take this click back.",
                on_click=set_session,
                args=(known[:number] + known[number + 1 :],),
            )
order = [ENSEMBLE, *(name for name in found.lists if name != ENSEMBLE)]
columns = []
for name in order:
    before = articles(found.lists[name][now - 1]) if now else None
    empty = "Switched off." if name in view.without else "Nothing to suggest yet."
    columns.append(
        moving_lists.column(
            engine,
            LOOKS[name].label,
            LOOKS[name].colour,
            articles(found.lists[name][now]),
            session.as_of,
            before,
            empty=empty,
        )
    )
article_lists.draw(columns, None, partial(add_click, known))
if now:
    then, final = (articles(found.lists[ENSEMBLE][step]) for step in (now - 1, now))
    gone = [engine.title_of(one) for one in then if one not in final]
    came = [one for one in final if one not in then]
    st.markdown(
        f"Your last click brought {len(came)} articles in and pushed {len(gone)} out"
        + (f": {', '.join(plain(title) for title in gone)}." if gone else ".")
    )

if now:
    st.header("What if the system learned from it?", anchor=False)
    st.markdown(
        "Switched off, your clicks change nobody else's list. Switched on, they count like anybody's, but in this "
        "browser only."
    )
    with st.container(horizontal=True, vertical_alignment="bottom"):
        learns = st.toggle("Learn from these clicks", key="learns")
        crowd = st.number_input("People who do the same", 1, MOST_PEOPLE, 100, disabled=not learns, key="crowd")
    if learns:
        other = replace(session, article_ids=()).request()
        try:
            learned = engine.observe(observed(session, int(crowd))).recommend(other)
        except InputError as error:
            messages.error(f"The system can't learn from these clicks: {error}")
            st.stop()
        before_learning = engine.recommend(other)
        unlearned = before_learning.articles
        columns = [
            moving_lists.column(engine, "A new reader, before", "gray", unlearned, session.as_of, None),
            moving_lists.column(engine, "A new reader, after", "red", learned.articles, session.as_of, unlearned),
        ]
        article_lists.draw(columns, None, None, key="learned")

st.header("Who the list comes from", anchor=False)
parts = pd.DataFrame({"clicks": range(now + 1), **found.suggested})
shares = ", ".join(f"{LOOKS[name].label} {parts[name].iloc[-1]}" for name in found.suggested)
st.markdown(
    f"How many of the final {view.k} each algorithm has in its own first {view.k}: {shares}. "
    + (
        "Before the first click, only context is known: contextual popularity mixes what is read on the same device, "
        "on the same system and in the same country."
        if not now
        else "Since the first click there is a history to go by."
    )
)
if now:
    charts.show(
        lines(parts, "clicks", list(found.suggested), "clicks so far", f"of the final {view.k}"),
        "How many articles of the final list each algorithm had high on its own, click by click.",
        parts,
        "who_makes_the_list",
    )
    st.header("How much each click counts", anchor=False)
    clicks = pd.DataFrame(
        {"click": range(1, now + 1), "article": [engine.title_of(one) for one in known], "others": found.counted}
    )
    charts.table(
        clicks,
        "clicks",
        {"click": "#", "article": "Clicked", "others": f"Articles of the first {view.k} that this click changed"},
    )

st.header("What the models think you like", anchor=False)
moment = engine.at(session.as_of)
with_vectors = {name: one for name, one in moment.retrievers.items() if one.article_vectors is not None}
for container, (name, retriever) in zip(st.columns(len(with_vectors), gap="large"), with_vectors.items(), strict=True):
    with container:
        vectors, own = retriever.article_vectors, retriever.visitor_vectors(found.visitor)
        near = embeddings.near(engine, vectors, own[0], NEAR) if vectors is not None and own is not None else None
        if near is None or near.empty:
            told = f"{LOOKS[name].label}: nothing yet. It takes a click on an article that the model knows."
            st.caption(told)
        else:
            article_lists.draw_near(engine, near, session.as_of, name)

request_card(session.request())
