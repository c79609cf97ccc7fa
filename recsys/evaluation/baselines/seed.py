"""The seed system as it was meant: four lists that know nothing of time, and a reranker with six features.

Its library and its deployment each fill some of the six wrongly (a rank of 1001 for everything, places in the pool for
ranks); here they are what their names say. Its ALS is the ensemble's own, its two-tower network the ensemble's trained
without what that knows of time. Both also fold in new articles, which the seed's don't.
"""

from __future__ import annotations

from recsys.evaluation.baselines.item_cosine import ItemCosine
from recsys.evaluation.baselines.plain_two_tower import PlainTwoTower
from recsys.evaluation.baselines.popular import PopularEver
from recsys.recipe import Recipe
from recsys.retrieval.als import ALS

EVER = 1 << 50

SEED = Recipe(
    retrievers={"item_cf": ItemCosine, "als": ALS, "popularity": PopularEver, "two_tower": PlainTwoTower},
    features=("rank_item_cf", "rank_als", "rank_popularity", "rank_two_tower", "pool_place", "tower_cosine"),
    within=EVER,
    questions_per_hour=500,  # six features learn nothing more from more
)
