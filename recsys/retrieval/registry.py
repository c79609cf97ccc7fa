"""The retrievers of the ensemble, in the order in which their lists are joined into the pool.

A retriever of another package joins them where that package declares an entry point in the group ``recsys.retrievers``
whose value is a ``RetrieverEntry``.
"""

from __future__ import annotations

from collections.abc import Iterable
from importlib.metadata import entry_points

from recsys.core.reasons import Reason
from recsys.errors import RecsysError
from recsys.retrieval.als import ALS
from recsys.retrieval.entry import RetrieverEntry
from recsys.retrieval.item_cf.retriever import ItemCF
from recsys.retrieval.opened_before import OpenedBefore
from recsys.retrieval.popularity.retriever import Popularity
from recsys.retrieval.two_tower.retriever import TwoTower

GROUP = "recsys.retrievers"

BUILT_IN = (
    RetrieverEntry(
        ItemCF,
        "item-to-item CF",
        "CF",
        "blue",
        "square",
        fact="What is read after their last articles",
        good_at="the next step in a story: what people went on to after the reader's last articles",
        blind_to="readers who have read nothing yet, and articles that nobody has read in the same visit as these",
        score_unit="share",
        reason=Reason.JUST_READ,
        relative_score=True,
        fit_share=0.05,
        spark_fit="recsys.spark.counting:fit_item_cf",
    ),
    RetrieverEntry(
        ALS,
        "ALS",
        "ALS",
        "violet",
        "diamond",
        fact="Fit with all that they have read",
        good_at="lasting taste: everything that the reader has read, not only the last article",
        blind_to="the hour: it is slow to learn of a new article, and knows nothing of readers without a history",
        score_unit="preference",
        reason=Reason.TASTE,
        rank_is_feature=False,
        for_slow_logs=True,
        fit_share=0.3,
        spark_fit="recsys.spark.learning:fit_als",
    ),
    RetrieverEntry(
        Popularity,
        "contextual popularity",
        "Popular",
        "orange",
        "triangle-up",
        fact="Popularity in their context",
        good_at="what everybody is reading right now, on the same device and in the same country; new readers too",
        blind_to="the person: two readers with the same phone in the same country get the same list",
        score_unit="share",
        reason=Reason.SAME_CONTEXT,
        relative_score=True,
        fit_share=0.05,
        spark_fit="recsys.spark.counting:fit_popularity",
    ),
    RetrieverEntry(
        TwoTower,
        "two-tower",
        "Two-tower",
        "green",
        "cross",
        fact="What readers like them are reading now",
        good_at="what readers like this one, by clicks and context, are reading at this minute",
        blind_to="articles that too few of those readers have opened so far",
        score_unit="logit",
        fit_share=0.6,
        spark_fit="recsys.spark.learning:fit_two_tower",
        spark_refit="recsys.spark.learning:refit_two_tower",
    ),
    RetrieverEntry(
        OpenedBefore,
        "own history",
        "History",
        "yellow",
        "pentagon",
        fact="They have opened it before",
        good_at="what readers come back to, the more often and the more lately they opened it",
        blind_to="everything that the reader has not opened yet",
        score_unit="sum",
        reason=Reason.OPENED_BEFORE,
        only_with_repeats=True,
        fit_share=0.0,
    ),
)


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
