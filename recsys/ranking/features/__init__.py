"""What the reranker knows of each article in the pool, a module for each group of features.

A new feature is one function in its group's module, and a new group one module here: training, serving and the pages
all read the registry.
"""

from recsys.ranking.features import article, last_clicks, opened_before, popularity, retrievers, visitor
from recsys.ranking.features.layout import Layout, matrix
from recsys.ranking.features.registry import Feature, features_of

__all__ = [
    "Feature",
    "Layout",
    "article",
    "features_of",
    "last_clicks",
    "matrix",
    "opened_before",
    "popularity",
    "retrievers",
    "visitor",
]
