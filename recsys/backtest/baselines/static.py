"""Static lists: the usual four lists and a reranker, where nothing knows the clock.

All-time item cosine on the last click, ALS, all-time popularity and a two-tower network, joined in that order; LightGBM
on six features: the rank in each list, the rank in the joined lists, and the cosine of the towers. Its ALS is the
ensemble's own, its two-tower network the ensemble's without what that knows of time; both are trained again each day
and fold in new articles, which a static system does not.
"""

from __future__ import annotations

from recsys.backtest.baselines.item_cosine import ItemCosine
from recsys.backtest.baselines.plain_two_tower import PlainTwoTower
from recsys.backtest.baselines.popular import PopularEver
from recsys.ranking.ensemble import Ensemble, EnsembleSettings
from recsys.ranking.training_set import TrainingSetSettings
from recsys.retrieval.als import ALS
from recsys.retrieval.base import Retriever
from recsys.retrieval.live_articles import LiveArticlesSettings

KINDS: dict[str, type[Retriever]] = {kind.name: kind for kind in (ItemCosine, ALS, PopularEver, PlainTwoTower)}

STATIC = Ensemble(
    EnsembleSettings(
        retrievers={name: kind.Settings() for name, kind in KINDS.items()},
        features=("rank_item_cf", "rank_als", "rank_popularity", "rank_two_tower", "joined_rank", "tower_cosine"),
        live_articles=LiveArticlesSettings(within_hours=1e8),  # every article that was ever clicked
        training_set=TrainingSetSettings(tasks_per_hour=500),  # six features learn nothing more from more
    ),
    KINDS,
)
