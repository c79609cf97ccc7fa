"""What the reranker knows of each article in the pool, a module for each group of features.

Adding a feature is adding one function to its group's module; training, serving and the pages all read the registry.
"""

from recsys.ranking.features import article, last_clicks, popularity, retrievers, visitor
from recsys.ranking.features.registry import FEATURES, Feature, matrix

BASELINE_ONLY = ("pool_place", "rank_als")
"""Features of the seed system that the ensemble's reranker gains nothing by."""

DEFAULT = tuple(name for name in FEATURES if name not in BASELINE_ONLY)
"""The features that the reranker is trained with, in order."""

__all__ = ["DEFAULT", "FEATURES", "Feature", "article", "last_clicks", "matrix", "popularity", "retrievers", "visitor"]
