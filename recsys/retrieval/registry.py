"""The retrievers of the ensemble, in the order in which their lists are joined into the pool.

A retriever of another package joins them where that package declares an entry point in the group ``recsys.retrievers``
whose value is a ``RetrieverEntry``.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from importlib.metadata import entry_points
from typing import Literal

from recsys.errors import RecsysError
from recsys.retrieval.als import ALS
from recsys.retrieval.base import Retriever
from recsys.retrieval.item_cf.retriever import ItemCF
from recsys.retrieval.popularity import Popularity
from recsys.retrieval.two_tower.retriever import TwoTower

GROUP = "recsys.retrievers"
Colour = Literal["blue", "violet", "orange", "green", "red", "yellow", "gray"]


@dataclass(frozen=True)
class RetrieverEntry:
    """All that the project knows of a retriever besides its code.

    Attributes:
        kind: its class.
        label: its name on pages and in sentences.
        short_label: the same for narrow columns.
        colour: of the theme in ``.streamlit/config.toml``.
        mark: its symbol in charts, for those who can't tell colours.
        score_unit: what its scores are.
        relative_score: whether its score as a share of its best one is a feature.
        rank_is_feature: whether its rank is a feature of the ensemble's reranker.
        fit_share: its share of the time that fitting all of them takes.
        spark_fit: who fits it on a cluster, as ``module:function``; None for its own ``fit``, on the driver.
    """

    kind: type[Retriever]
    label: str
    short_label: str
    colour: Colour = "gray"
    mark: str = "circle-open"
    score_unit: str = "score"
    relative_score: bool = False
    rank_is_feature: bool = True
    fit_share: float = 0.05
    spark_fit: str | None = None

    @property
    def name(self) -> str:
        """By which settings, features and lists refer to it."""
        return self.kind.name


BUILT_IN = (
    RetrieverEntry(
        ItemCF, "item-to-item CF", "CF", "blue", "square", score_unit="share", relative_score=True,
        fit_share=0.05, spark_fit="recsys.spark.counting:fit_item_cf",
    ),
    RetrieverEntry(
        ALS, "ALS", "ALS", "violet", "diamond", score_unit="preference", rank_is_feature=False,
        fit_share=0.3, spark_fit="recsys.spark.learning:fit_als",
    ),
    RetrieverEntry(
        Popularity, "contextual popularity", "Popular", "orange", "triangle-up", score_unit="share",
        relative_score=True, fit_share=0.05, spark_fit="recsys.spark.counting:fit_popularity",
    ),
    RetrieverEntry(
        TwoTower, "two-tower", "Two-tower", "green", "cross", score_unit="logit",
        fit_share=0.6, spark_fit="recsys.spark.learning:fit_two_tower",
    ),
)  # fmt: skip


def _registered() -> dict[str, RetrieverEntry]:
    entries: Iterable[object] = (*BUILT_IN, *(point.load() for point in entry_points(group=GROUP)))
    found: dict[str, RetrieverEntry] = {}
    for entry in entries:
        if not isinstance(entry, RetrieverEntry):
            raise RecsysError(f"An entry point of {GROUP} is {type(entry).__name__}, not RetrieverEntry.")
        if entry.name in found:
            raise RecsysError(f"Two retrievers are called {entry.name!r}: rename one.")
        found[entry.name] = entry
    return found


RETRIEVERS = _registered()
