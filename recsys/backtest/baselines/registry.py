"""The baselines of every backtest, by name."""

from __future__ import annotations

from dataclasses import dataclass, replace

from recsys.backtest.baselines.popular import PopularLastHour
from recsys.backtest.baselines.static import STATIC
from recsys.backtest.baselines.v_sknn import VSkNN
from recsys.core.settings import at_pace
from recsys.ranking.ensemble import Ensemble, EnsembleSettings
from recsys.retrieval.base import Retriever, RetrieverSettings
from recsys.training.settings import TrainingSettings


@dataclass(frozen=True)
class BaselineEntry:
    """All that the project knows of a baseline besides its code.

    Attributes:
        ensemble: what it is made of. One without features is a session recommender, which knows the visitor's session
            alone.
        label: its name on pages.
        short_label: the same for narrow columns.
        mark: its symbol in charts.
        in_last_click: whether it can be measured by the ``last-click`` protocol too.
    """

    ensemble: Ensemble
    label: str
    short_label: str
    mark: str
    in_last_click: bool = True


def alone(kind: type[Retriever], own: RetrieverSettings | None = None) -> Ensemble:
    """One retriever, without a reranker."""
    settings = EnsembleSettings(retrievers={kind.name: own or kind.Settings()}, features=())
    return Ensemble(settings, {kind.name: kind})


BASELINES = {
    "static": BaselineEntry(STATIC, "Static lists (no clock)", "Static", "star", in_last_click=False),
    "popular-1h": BaselineEntry(alone(PopularLastHour), "Popular in the last hour", "Popular 1 h", "triangle-down"),
    "v-sknn": BaselineEntry(alone(VSkNN), "V-SkNN", "V-SkNN", "hexagon"),
}


def fitted_to(settings: TrainingSettings) -> dict[str, Ensemble]:
    """The baselines for a log, by name: as slow as its pace, and listing again what was opened where it has that.

    ``settings`` are those of a training, fitted to the log.
    """
    found = {}
    for name, entry in BASELINES.items():
        own = at_pace(entry.ensemble.settings, settings.pace or 1.0)
        found[name] = replace(entry.ensemble, settings=own).with_repeats(bool(settings.repeats))
    return found
