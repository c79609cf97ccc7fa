"""What an engine is made of: retrievers, features, the reranker's numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Self

from pydantic import Field, PositiveInt, SerializeAsAny, field_validator, model_validator

from recsys.core.settings import Settings
from recsys.ranking.features.registry import Feature, features_of
from recsys.ranking.reranker_settings import RerankerSettings
from recsys.ranking.training_set import TrainingSetSettings
from recsys.retrieval.base import Retriever, RetrieverSettings
from recsys.retrieval.live_articles import LiveArticlesSettings
from recsys.retrieval.registry import RETRIEVERS


def _usual_retrievers() -> dict[str, RetrieverSettings]:
    return {name: entry.kind.Settings() for name, entry in RETRIEVERS.items() if not entry.only_with_repeats}


class EnsembleSettings(Settings):
    """The settings of every part that answers, and of what its reranker learns from."""

    retrievers: dict[str, SerializeAsAny[RetrieverSettings]] = Field(default_factory=_usual_retrievers)
    """By name, in the order in which their lists are joined."""
    beside: tuple[str, ...] | None = None
    """Retrievers whose lists are only made to be looked at, beside those that make up the pool: they suggest nothing,
    and no feature reads them. In a training None: by the log."""
    features: tuple[str, ...] | None = None
    """The reranker's, in order; None for all that the retrievers provide and the ensemble uses."""
    live_articles: LiveArticlesSettings = LiveArticlesSettings()
    reranker: RerankerSettings = RerankerSettings()
    training_set: TrainingSetSettings = TrainingSetSettings()
    history_depth: PositiveInt = 20
    """How many of a visitor's last clicks retrievers and features may look at."""
    repeats: bool | None = None
    """Whether what a visitor has opened may be listed again; in a training None: by the log."""

    @field_validator("retrievers", mode="before")
    @classmethod
    def _by_class(cls, value: Any) -> Any:
        """Settings as plain values, as they stand in a file, become those of the retriever of that name."""
        if not isinstance(value, Mapping) or all(isinstance(one, RetrieverSettings) for one in value.values()):
            return value
        for name in value:
            if name not in RETRIEVERS:
                raise ValueError(f"unknown retriever {name!r}; known: {', '.join(RETRIEVERS)}")
        return {
            name: entry.kind.Settings.model_validate(value[name]) for name, entry in RETRIEVERS.items() if name in value
        }

    @model_validator(mode="after")
    def _known_features(self) -> Self:
        known = features_of(self.suggesting)
        for name in self.features or ():
            if name not in known:
                raise ValueError(f"unknown feature {name!r}")
        return self

    @model_validator(mode="after")
    def _some_suggest(self) -> Self:
        for name in self.beside or ():
            if name not in RETRIEVERS:
                raise ValueError(f"unknown retriever {name!r}; known: {', '.join(RETRIEVERS)}")
        if not self.suggesting:
            raise ValueError("there must be a retriever that suggests articles")
        return self

    @property
    def suggesting(self) -> dict[str, RetrieverSettings]:
        """The retrievers that suggest articles, by name."""
        return {name: one for name, one in self.retrievers.items() if name not in (self.beside or ())}


@dataclass(frozen=True)
class Ensemble:
    """Settings with what they name: the retrievers' classes and the features.

    Attributes:
        settings: the numbers.
        kinds: the retrievers' classes, by the names in the settings.
    """

    settings: EnsembleSettings
    kinds: Mapping[str, type[Retriever]]

    @classmethod
    def of(cls, settings: EnsembleSettings) -> Ensemble:
        """With the retrievers that are registered."""
        return cls(settings, {name: RETRIEVERS[name].kind for name in settings.retrievers})

    @cached_property
    def features(self) -> tuple[Feature, ...]:
        """The columns of the reranker, in order."""
        known = features_of(self.settings.suggesting)
        if self.settings.features is None:
            return tuple(one for one in known.values() if one.in_ensemble)
        return tuple(known[name] for name in self.settings.features)

    def with_repeats(self, repeats: bool) -> Ensemble:
        """The ensemble where what was opened may be listed again, or may not."""
        return replace(self, settings=self.settings.model_copy(update={"repeats": repeats}))

    @property
    def is_reranked(self) -> bool:
        """Whether a reranker orders its candidates; without one, each retriever stands for itself."""
        return self.settings.features is None or len(self.settings.features) > 0

    def without_retriever(self, name: str) -> Ensemble:
        """The ensemble without a retriever: without its list and without every feature that reads it."""
        kept = {other: own for other, own in self.settings.retrievers.items() if other != name}
        features = tuple(one.name for one in self.features if name not in one.uses)
        settings = self.settings.model_copy(update={"retrievers": kept, "features": features})
        return Ensemble(settings, {other: kind for other, kind in self.kinds.items() if other != name})

    def only_suggesting(self) -> Ensemble:
        """The ensemble without the retrievers that are only beside."""
        kept = self.settings.suggesting
        settings = self.settings.model_copy(update={"retrievers": kept})
        return Ensemble(settings, {name: self.kinds[name] for name in kept})

    def without_group(self, group: str) -> Ensemble:
        """The ensemble without a group of features."""
        features = tuple(one.name for one in self.features if one.group != group)
        return replace(self, settings=self.settings.model_copy(update={"features": features}))


DEFAULT = Ensemble.of(EnsembleSettings())
"""The one that the project trains and serves."""
