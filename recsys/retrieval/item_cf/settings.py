"""The numbers of item-to-item CF."""

from __future__ import annotations

from typing import Self

from pydantic import NonNegativeFloat, NonNegativeInt, PositiveFloat, PositiveInt, model_validator

from recsys.core.settings import EachPacedHours, PacedHours, Share, WholePacedHours
from recsys.retrieval.base import RetrieverSettings
from recsys.retrieval.item_cf.session_knn import SessionKNNSettings


class ItemCFSettings(RetrieverSettings):
    """Numbers of co-visitation and of session kNN."""

    list_size: NonNegativeInt = 300
    half_lives: EachPacedHours = (0.15, 0.5, 2.0, 12.0)
    """Of the counts, in hours. Longer ones and the way back (what was read before) find less on the real log."""
    list_weights: tuple[float, ...] = (0.0, 0.5, 0.5, 0.0)
    """What each count's share weighs in the list; the reranker sees them all."""
    reference_half_life: PacedHours = 2.0
    """Of the counts by section, and of arrivals and departures; one of ``half_lives``."""
    floor: PositiveFloat = 0.03
    """Counts under this are forgotten at the next full hour."""
    memory_hours: WholePacedHours = 72
    """``fit`` counts this far back: what is older has decayed under the floor."""
    max_steps: PositiveInt = 6
    """Two clicks of a session count as a pair up to this many steps apart."""
    step_damping: Share = 0.9
    pair_window_hours: PositiveFloat = 4.0
    """Clicks of one session count as a pair up to this long apart: a bound on what has to be remembered."""
    pseudo_clicks: NonNegativeFloat = 8.0
    """Damps the shares of articles that few people were seen to read on from."""
    section_pseudo_clicks: NonNegativeFloat = 50.0
    """A section with this many recent follow-up clicks counts as much as all sections together."""
    source_clicks: PositiveInt = 8
    """How many of a visitor's last clicks are looked up."""
    recency_damping: Share = 0.5
    """How much less each earlier click counts."""
    click_half_life: PacedHours = 8.0
    """Hours after which a visitor's click counts half."""
    session_knn: SessionKNNSettings = SessionKNNSettings()
    session_knn_weight: NonNegativeFloat = 1.0
    """What session kNN's shares count beside those of co-visitation."""

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if len(self.list_weights) != len(self.half_lives):
            raise ValueError("list_weights needs one weight for each of half_lives")
        if self.reference_half_life not in self.half_lives:
            raise ValueError("reference_half_life must be one of half_lives")
        return self

    @property
    def reference_channel(self) -> int:
        """The position of ``reference_half_life``."""
        return self.half_lives.index(self.reference_half_life)
