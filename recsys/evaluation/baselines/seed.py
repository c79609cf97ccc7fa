"""The seed system as it was meant: four lists that know nothing of time, and a reranker with six features.

Its library and its deployment each fill some of the six wrongly (a rank of 1001 for everything, places in the pool for
ranks); here they are what their names say. Its ALS and two-tower are the ensemble's own, which also fold in new
articles.
"""

from __future__ import annotations

from recsys.evaluation.baselines.item_cosine import ItemCosine
from recsys.evaluation.baselines.popular import PopularEver
from recsys.recipe import Recipe
from recsys.retrieval.als import ALS
from recsys.retrieval.two_tower import TwoTower

EVER = 1 << 50

SEED = Recipe(
    retrievers={"item_cf": ItemCosine, "als": ALS, "popularity": PopularEver, "two_tower": TwoTower},
    features=("rank_item_cf", "rank_als", "rank_popularity", "rank_two_tower", "pool_place", "tower_cosine"),
    within=EVER,
    questions_per_hour=500,  # six features learn nothing more from more
)
