"""Every number that a training takes, as one object: what a settings file may change, and what a set keeps."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, NonNegativeInt, PositiveFloat, PositiveInt, ValidationError

from recsys.analysis.article_maps import ArticleMapSettings
from recsys.core.settings import Settings, describe
from recsys.errors import InputError
from recsys.ranking.ensemble import EnsembleSettings


class WalkForwardSettings(Settings):
    """How the walk through the log is cut."""

    span_hours: PositiveInt = 24
    """How long an engine serves before the slow parts are trained again."""
    training_spans: PositiveInt = 8
    """The reranker learns from this many spans before its own: a whole week, and the weekday that is to come."""


class HoldoutSettings(Settings):
    """What a set is measured on, and the visits that its pages offer."""

    min_hours: Annotated[int, Field(ge=2)] = 12
    """Clicks needed before the held-back hours: half to count, half for the reranker's rows."""
    tasks_per_hour: PositiveInt = 250
    sample_visits: NonNegativeInt = 600
    """Single visits that pages offer to look at."""
    seed: int = 7


class TrainingSettings(EnsembleSettings):
    """The ensemble's settings and those of its training."""

    walk_forward: WalkForwardSettings = WalkForwardSettings()
    holdout: HoldoutSettings = HoldoutSettings()
    pace: PositiveFloat | None = None
    """Half-lives and their like, which follow how fast readers move on, are multiplied by it; None: by the log."""
    article_maps: ArticleMapSettings = ArticleMapSettings()

    def without_retrievers(self, names: Sequence[str]) -> TrainingSettings:
        """The same without some of the retrievers.

        Raises:
            InputError: none is left.
        """
        kept = {name: own for name, own in self.retrievers.items() if name not in names}
        if not kept:
            raise InputError("There must be a retriever to train.")
        return self.model_copy(update={"retrievers": kept})

    @classmethod
    def read(cls, file: Path) -> TrainingSettings:
        """The settings in a TOML file; whatever it leaves out keeps its default.

        Raises:
            InputError: the file can't be read, or a setting is unknown or out of range; the message names it.
        """
        try:
            given = tomllib.loads(file.read_text("utf-8"))
        except OSError as error:
            raise InputError(f"{file} can't be read: {error.strerror}.") from None
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise InputError(f"{file} is not valid TOML: {error}.") from None
        try:
            return cls.model_validate(_merged(cls().model_dump(mode="json"), given))
        except ValidationError as error:
            raise InputError(f"{file}: {describe(error)}") from None


def _merged(defaults: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """Nested tables with those given laid over the defaults."""
    found = dict(defaults)
    for name, value in given.items():
        default = defaults.get(name)
        if isinstance(value, Mapping) and isinstance(default, Mapping):
            found[name] = _merged(default, value)
        else:
            found[name] = value
    return found
