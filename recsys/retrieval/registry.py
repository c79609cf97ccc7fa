"""The retrievers of the ensemble, in the order in which their lists are joined into the pool."""

from __future__ import annotations

from recsys.retrieval.als import ALS
from recsys.retrieval.base import Retriever
from recsys.retrieval.item_cf import ItemCF
from recsys.retrieval.popularity import Popularity
from recsys.retrieval.two_tower import TwoTower

RETRIEVERS: dict[str, type[Retriever]] = {cls.name: cls for cls in (ItemCF, ALS, Popularity, TwoTower)}
