"""Articles in the models' vector spaces: the tables of Embeddings."""

from __future__ import annotations

import numpy as np
import pandas as pd

from recsys.analysis.article_maps import ArticleMaps
from recsys.core.types import Floats
from recsys.engine.engine import Engine
from recsys.engine.recommendation import Recommendation
from recsys.retrieval.article_vectors import ArticleVectors


def on_map(engine: Engine, maps: ArticleMaps, space: str, answer: Recommendation) -> pd.DataFrame:
    """The articles of a map: coordinates, headline, section, and what they are to the visitor.

    ``role`` is ``recommended``, ``read`` or empty.
    """
    items = maps.items
    ids = engine.articles.ids[items]
    read = np.isin(ids, [click.article_id for click in answer.history])
    role = np.where(np.isin(ids, answer.articles), "recommended", np.where(read, "read", ""))
    return pd.DataFrame(
        {
            "article_id": ids,
            "article": [engine.title(item) for item in items.tolist()],
            "section": [engine.section(item) for item in items.tolist()],
            "role": role,
            "x": maps.coordinates[space][:, 0],
            "y": maps.coordinates[space][:, 1],
        }
    )


def nearest(engine: Engine, vectors: ArticleVectors, article_id: int, most: int) -> pd.DataFrame:
    """The articles whose vectors are most like that of one article, with the cosines; empty where it has none.

    Args:
        engine: for headlines and sections.
        vectors: unit vectors of all articles.
        article_id: the article.
        most: how many.
    """
    item = engine.articles.index(np.array([article_id]))
    return near(engine, vectors, vectors[item][0], most + 1).query("article_id != @article_id").head(most)


def near(engine: Engine, vectors: ArticleVectors, vector: Floats, most: int) -> pd.DataFrame:
    """The articles that are most like a vector of the same space, shape (dimensions,); none for a zero vector."""
    cosines = vectors.table() @ vector
    items = np.argsort(-cosines, kind="stable")[:most]
    items = items[cosines[items] > 0]
    return pd.DataFrame(
        {
            "article_id": engine.articles.ids[items],
            "article": [engine.title(one) for one in items.tolist()],
            "section": [engine.section(one) for one in items.tolist()],
            "cosine": cosines[items],
        }
    )
