"""How does the model see the articles?"""

import streamlit as st

from recsys.ui import charts, spaces
from recsys.ui.choices import choose, choose_article
from recsys.ui.figures.articles import article_map
from recsys.ui.page import shown
from recsys.ui.theme import LOOKS, plain
from recsys.ui.view import look_at_article

NEIGHBOURS = 8
page = shown()
engine, view, maps = page.loaded.engine, page.view, page.loaded.maps

st.title("How does the model see the articles?", anchor=False)
st.markdown(
    "ALS and the two-tower network give every article a place in a space of many dimensions, by nothing but who read "
    "what: articles with the same readers are near each other. The map shows the most read ones in two."
)
answer = page.answer()
if not maps.places:
    st.info("This set has too few articles with vectors for a map.", icon=":material/map:")
else:
    space = choose("Space", {name: LOOKS[name].label for name in maps.places})
    rows = spaces.on_map(engine, maps, space, answer)
    sections = rows["section"].value_counts().index.tolist()
    section = st.selectbox("Section to light up", sections, index=None, placeholder="None")
    roles = rows["role"].value_counts()
    charts.show(
        article_map(rows, section, view.article),
        f"{len(rows)} articles as points; near each other where the same visitors read them.",
        rows,
        f"map_{space}",
        on_pick=look_at_article,
    )
    st.caption(
        f"Red circles: {roles.get('recommended', 0)} of the {len(answer.articles)} recommended articles; blue squares: "
        f"{roles.get('read', 0)} that the visitor has read. The others of these are too new or too rarely read to be "
        "on the map. Click a dot for its neighbours. Distances on a map are only roughly those in the space."
    )

looked_at = [] if view.article is None else [view.article]
ids = list(dict.fromkeys([*looked_at, *answer.articles, *(click.article_id for click in answer.history)]))
if not ids:
    st.stop()

st.subheader("Nearest neighbours", anchor=False)
article = choose_article(st, "Of the article", ids, ids[0], engine.title_of)
moment = engine.at(answer.as_of)
found = {name: one.article_vectors for name, one in moment.retrievers.items() if one.article_vectors is not None}
for place, (name, vectors) in zip(st.columns(len(found), gap="large"), found.items(), strict=True):
    with place:
        st.markdown(LOOKS[name].badge(f"**{LOOKS[name].label}**"))
        near = spaces.nearest(engine, vectors, article, NEIGHBOURS)
        if near.empty:
            st.caption(f"{plain(LOOKS[name].label)} has no vector of this article: too few visitors have read it.")
        else:
            charts.table(
                near,
                f"near_{name}",
                {"article_id": None, "article": "Article", "section": "Section", "cosine": "Cosine"},
            )
