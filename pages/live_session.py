"""What does each click change?"""

from dataclasses import replace

import pandas as pd
import streamlit as st

from recsys.analysis.live_session import MOST_CLICKS, LiveSession, observed, steps
from recsys.api.schemas.request import RecommendationRequest
from recsys.core.entities import ENSEMBLE
from recsys.core.types import PAD, Ints
from recsys.errors import InputError
from recsys.ui import side_by_side
from recsys.ui.components import charts, moving_lists
from recsys.ui.components.request_card import draw as request_card
from recsys.ui.figures.systems import lines
from recsys.ui.page_context import page_context
from recsys.ui.sidebar import moment_in_words
from recsys.ui.tables import embeddings
from recsys.ui.theme import LOOKS, plain
from recsys.ui.view_state import set_session

NEAR = 6
MOST_PEOPLE = 500
page = page_context()
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
    return [(int(engine.articles.ids[item]), engine.title(item)) for item in items[items != PAD].tolist()]


st.title("What does each click change?", anchor=False)
st.markdown(
    "Be a new reader: choose a device, a system and a country in the sidebar, and click what you would read. It stays "
    f"**{moment_in_words(page.loaded, view)}**, so whatever changes is changed by your click."
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
        "Download the session as JSON",
        RecommendationRequest.of(session.request()).to_json(),
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
    empty = "Switched off." if name in view.without else "Nothing to suggest yet."
    columns.append(
        moving_lists.column(
            LOOKS[name].label, LOOKS[name].colour, articles(found.lists[name][now]), before, empty=empty
        )
    )
side_by_side.draw(columns, None, read)
if now:
    final = [dict(articles(found.lists[ENSEMBLE][step])) for step in (now - 1, now)]
    gone = [title for one, title in final[0].items() if one not in final[1]]
    came = [title for one, title in final[1].items() if one not in final[0]]
    st.markdown(
        f"Your last click brought {len(came)} articles in and pushed {len(gone)} out"
        + (f": {', '.join(plain(title) for title in gone)}." if gone else ".")
    )

if now:
    st.subheader("What if the system learned from it?", anchor=False)
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
            st.error(f"The system can't learn from these clicks: {error}", icon=":material/error:")
            st.stop()
        before_learning = engine.recommend(other)
        unlearned, after = (
            [(one, engine.title_of(one)) for one in answer.articles] for answer in (before_learning, learned)
        )
        side_by_side.draw(
            [
                moving_lists.column("A new reader, before", "gray", unlearned, None),
                moving_lists.column("A new reader, after", "red", after, before_learning.articles),
            ],
            None,
            lambda _: None,
            key="learned",
        )

st.subheader("Who the list comes from", anchor=False)
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
    figure = lines(parts, "clicks", list(found.suggested), "clicks so far", f"of the final {view.k}")
    charts.show(
        figure.update_xaxes(dtick=1),
        "How many articles of the final list each algorithm had high on its own, click by click.",
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
        {"click": "#", "article": "Clicked", "others": f"Articles of the first {view.k} that this click changed"},
    )

st.subheader("What the models think you like", anchor=False)
moment = engine.at(session.as_of)
with_vectors = {name: one for name, one in moment.retrievers.items() if one.article_vectors is not None}
for container, (name, retriever) in zip(st.columns(len(with_vectors), gap="large"), with_vectors.items(), strict=True):
    with container:
        st.markdown(LOOKS[name].badge(f"**{LOOKS[name].label}**"))
        vectors, own = retriever.article_vectors, retriever.visitor_vectors(found.visitor)
        near = embeddings.near(engine, vectors, own[0], NEAR) if vectors is not None and own is not None else None
        if near is None or near.empty:
            st.caption("Nothing yet: it takes a click on an article that the model knows.")
        else:
            columns_shown = {"article_id": None, "article": "Article", "section": "Section", "cosine": "Cosine"}
            charts.table(near, f"near_{name}", columns_shown)

request_card(session.request())
