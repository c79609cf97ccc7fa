"""How does the model see the articles?"""

import streamlit as st

from recsys.ui.components import article_lists, article_map, charts
from recsys.ui.components.choices import choose, choose_article, choose_option
from recsys.ui.page_context import page_context
from recsys.ui.tables import embeddings
from recsys.ui.theme import LOOKS, plain
from recsys.ui.view_state import highlight_article

NEIGHBOURS = 8
page = page_context()
engine, view, maps = page.loaded.engine, page.view, page.loaded.maps

st.title("How does the model see the articles?", anchor=False)
st.markdown(
    "ALS and the two-tower network place every article in a space of many dimensions, using only who read what: "
    "articles with the same readers are close together. The map shows the most-read ones in two dimensions."
)
answer = page.answer()
if not maps.coordinates:
    st.info("This set has too few articles with vectors for a map.", icon=":material/map:")
else:
    space = choose("embeddings.model", "Model", {name: LOOKS[name].label for name in maps.coordinates})
    rows = embeddings.on_map(engine, maps, space, answer)
    sections = rows["section"].value_counts().index.tolist()
    section = choose_option("embeddings.section", "Highlight a section", sections)
    roles = rows["role"].value_counts()
    told = f"{len(rows)} articles as dots, close together where the same people read them."
    article_map.draw(rows, section, view.article, highlight_article, told)
    charts.on_demand(lambda: rows, f"map_{space}")
    st.caption(
        f"Red circles: {roles.get('recommended', 0)} of the {len(answer.articles)} recommended articles. Blue squares: "
        f"{roles.get('read', 0)} of the {answer.clicks} that this reader has read. Articles that are very new "
        "or rarely read are not on the map. Click a dot to see its neighbours. Distances on the map are only roughly "
        "those in the model."
    )

highlighted = [] if view.article is None else [view.article]
ids = list(dict.fromkeys([*highlighted, *answer.articles, *(click.article_id for click in answer.history)]))
if not ids:
    st.stop()

st.header("Nearest neighbours", anchor=False)
article = choose_article(st, "Article", ids, ids[0], engine.title_of)
moment = engine.at(answer.as_of)
found = {name: one.article_vectors for name, one in moment.retrievers.items() if one.article_vectors is not None}
for container, (name, vectors) in zip(st.columns(len(found), gap="large"), found.items(), strict=True):
    with container:
        near = embeddings.nearest(engine, vectors, article, NEIGHBOURS)
        if near.empty:
            st.caption(f"{plain(LOOKS[name].label)} has no vector for this article: too few people have read it.")
        else:
            article_lists.draw_near(engine, near, answer.as_of, name)
