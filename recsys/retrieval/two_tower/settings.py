"""Every number of the two-tower retriever."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, NonNegativeFloat, NonNegativeInt, PositiveFloat, PositiveInt

from recsys.core.settings import PacedHours, Settings, WholePacedHours
from recsys.retrieval.base import RetrieverSettings
from recsys.retrieval.two_tower.audience import AudienceSettings
from recsys.retrieval.two_tower.network import NetworkSettings


class TowerTrainingSettings(Settings):
    """How the towers are trained."""

    days: PacedHours = 4.0
    """Of the log, the last ones."""
    epochs: PositiveInt = 1
    batch: PositiveInt = 1024
    sampled_articles: PositiveInt = 512
    """Articles drawn evenly from the live ones, besides those of the batch."""
    learning_rate: PositiveFloat = 6e-3
    start_temperature: PositiveFloat = 0.12
    min_clicks: PositiveInt = 5
    """Articles with fewer clicks get no vector of their own."""
    id_dropout: Annotated[float, Field(ge=0, lt=1)] = 0.1
    """How often an id is hidden, so that section and context have to carry the score too."""
    seed: int = 7
    spark_processes: PositiveInt = 2
    """Processes that train together on a cluster."""


class TwoTowerSettings(RetrieverSettings):
    """The network, its training, and how it is served."""

    list_size: NonNegativeInt = 200
    network: NetworkSettings = NetworkSettings()
    training: TowerTrainingSettings = TowerTrainingSettings()
    audience: AudienceSettings = AudienceSettings()
    audience_weight: NonNegativeFloat = 0.6
    """What the audience counts beside the logarithm of popularity."""
    memory_hours: WholePacedHours = 8
    """``fit`` counts this far back: what is older has decayed under the floor."""
    floor: PositiveFloat = 0.02
    """Counts under this are forgotten at the next full hour."""
    section_visitors: PositiveFloat = 3.0
    """A new article's section weighs as much as this many of its first visitors."""
    fold_in_visitors: PositiveInt = 60
    """A new article's vector is made from so many first visitors: enough to settle, and a bound on the cost."""
