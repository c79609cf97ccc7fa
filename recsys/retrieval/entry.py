"""What the project needs to know of a retriever besides its code."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from recsys.core.reasons import Reason
from recsys.retrieval.base import Retriever

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
        fact: what its score says of an article, in a reader's words, "Popularity in their context" for one.
        good_at, blind_to: what it finds, and what it can't, in a newspaper reader's words.
        score_unit: what its scores are.
        reason: which one its rank and score speak for.
        relative_score: whether its score as a share of its best one is a feature.
        rank_is_feature: whether its rank is a feature of the ensemble's reranker.
        fit_share: its share of the time that fitting all of them takes.
        only_with_repeats: whether it is of use only where what was opened may be listed again.
        for_slow_logs: whether it suggests only where readers move on more slowly than on a site of fast news; there its
            lists are only beside (``EnsembleSettings.beside``).
        spark_fit: who fits it on a cluster, as ``module:function``; None for its own ``fit``, on the driver.
        spark_refit: likewise, who lets one go on that was fitted before; None for ``spark_fit`` again.
    """

    kind: type[Retriever]
    label: str
    short_label: str
    colour: Colour = "gray"
    mark: str = "circle-open"
    fact: str = ""
    good_at: str = ""
    blind_to: str = ""
    score_unit: str = "score"
    reason: Reason = Reason.SIMILAR_READERS
    relative_score: bool = False
    rank_is_feature: bool = True
    fit_share: float = 0.05
    only_with_repeats: bool = False
    for_slow_logs: bool = False
    spark_fit: str | None = None
    spark_refit: str | None = None

    @property
    def name(self) -> str:
        """By which settings, features and lists refer to it."""
        return self.kind.name
