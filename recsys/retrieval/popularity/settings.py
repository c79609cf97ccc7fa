"""The numbers of contextual popularity."""

from __future__ import annotations

from typing import Self

import numpy as np
from pydantic import NonNegativeInt, PositiveFloat, model_validator

from recsys.core.settings import EachPacedHours, PacedHours, WholePacedHours
from recsys.retrieval.base import RetrieverSettings
from recsys.retrieval.popularity.families import FAMILIES


class PopularitySettings(RetrieverSettings):
    """Numbers of the counts, and how lists are made of them."""

    list_size: NonNegativeInt = 200
    overall_half_lives: EachPacedHours = (0.1, 0.25, 0.5, 2.0, 4.0, 8.0)
    """Of the counts over everybody, in hours."""
    context_half_lives: EachPacedHours = (0.5, 4.0)
    """Of the counts by context, in hours, each one of ``overall_half_lives``: the lists go by the first."""
    list_half_life: PacedHours = 0.25
    """The overall half-life that the list goes by."""
    rising: EachPacedHours = (0.5, 2.0)
    """Half-lives whose click rates are set against each other; those of the counts that are nearest are taken."""
    rising_fast: EachPacedHours = (0.1, 0.5)
    """The same once more."""
    reference_half_life: PacedHours = 2.0
    """Of the clicks that arrivals and departures are a share of; the nearest of the counts is taken."""
    floor: PositiveFloat = 0.05
    """Counts under this are forgotten: one click after 4.3 of its longest half-lives."""
    pseudo_clicks: PositiveFloat = 100.0
    """A context with this many recent clicks counts as much as the overall list that it is smoothed towards."""
    memory_hours: WholePacedHours = 120
    """``fit`` counts this far back: what is older has decayed under the floor."""
    listed: tuple[str, ...] = ("overall", "device", "os", "country", "os_country", "device_country", "referrer")
    """The families whose shares make the list of a visitor with a history."""
    blend: tuple[tuple[str, int], ...] = (("os", 2), ("device", 2), ("os_country", 3), ("device_country", 3))
    """Of ten places in a new visitor's list, how many each family fills; the overall list fills the rest."""

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        for half_life in (*self.context_half_lives, self.list_half_life):
            if half_life not in self.overall_half_lives:
                raise ValueError(f"the half-life {half_life:g} must be one of overall_half_lives")
        if not self.context_half_lives:
            raise ValueError("context_half_lives needs at least one half-life")
        for family in (*self.listed, *dict(self.blend)):
            if family not in FAMILIES:
                raise ValueError(f"unknown family {family!r}; known: {', '.join(FAMILIES)}")
        return self

    def overall_channel(self, half_life: float) -> int:
        """The position of the overall half-life that is nearest to one, in hours."""
        return int(np.argmin([abs(np.log(known / half_life)) for known in self.overall_half_lives]))
