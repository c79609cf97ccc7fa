"""Places for articles of which little is known."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, ClassVar

import numpy as np
from pydantic import Field, StrictInt, field_validator

from recsys.core.types import MINUTE, Bools
from recsys.policy.base import PolicyRule, rule
from recsys.policy.reader_candidates import ReaderCandidates

PRIOR_CLICKS, PRIOR_HOURS = 1.0, 1.0
"""What is believed of an article before anything is known: one click in an hour."""


@rule("exploration", "Places to try articles out")
class Exploration(PolicyRule):
    """Some places go to articles with few clicks, drawn by how good they may be.

    Thompson sampling (Chapelle & Li, NIPS 2011): of each, a rate of clicks is drawn from what is believed of it after
    so many clicks in so many hours, a gamma distribution, and the largest get the places. The same reader has the same
    draw for a minute.
    """

    dial: ClassVar[str] = "at_most_clicks"
    dial_values: ClassVar[tuple[float, ...]] = (2, 5, 10, 20, 50, 100)
    dial_text: ClassVar[str] = "{:g} clicks or fewer"
    buys: ClassVar[str] = "new"
    draws: ClassVar[bool] = True
    looks_below: ClassVar[bool] = True

    places: Annotated[tuple[Annotated[StrictInt, Field(ge=1, le=100)], ...], Field(min_length=1, max_length=20)] = (10,)
    """Which places of the list, from 1."""
    at_most_clicks: Annotated[StrictInt, Field(ge=0, le=10_000)] = 20
    """Articles with so many clicks or fewer are drawn from."""
    seed: Annotated[StrictInt, Field(ge=0)] = 7
    """Another one gives other draws."""

    @field_validator("places")
    @classmethod
    def _different(cls, places: tuple[int, ...]) -> tuple[int, ...]:
        if len(set(places)) < len(places):
            raise ValueError("a place can be given away only once")
        return tuple(sorted(places))

    def sentence(self) -> str:
        """What it asks for."""
        places = ", ".join(map(str, self.places))
        where = f"Place {places} goes" if len(self.places) == 1 else f"Places {places} go"
        return f"{where} to articles with {self.at_most_clicks} clicks or fewer, drawn by how good they may be."

    def looks_at(self, candidates: ReaderCandidates) -> Bools:
        """Those that may be drawn."""
        return candidates.clicks <= self.at_most_clicks

    def filled(self, candidates: ReaderCandidates, free: Bools) -> Mapping[int, int]:
        """The largest draws, the largest first."""
        known_little = np.flatnonzero(free & self.looks_at(candidates))
        who = candidates.request.user_id or 0
        chance = np.random.default_rng([self.seed, abs(who), candidates.as_of // MINUTE])
        clicks, hours = candidates.clicks[known_little], candidates.age_hours[known_little]
        rates = chance.standard_gamma(PRIOR_CLICKS + clicks) / (PRIOR_HOURS + hours)
        best = known_little[np.argsort(-rates, kind="stable")]
        return dict(zip((place - 1 for place in self.places), best.tolist(), strict=False))

    def note(self, candidates: ReaderCandidates) -> str | None:
        """There are too few such articles."""
        few = int(np.count_nonzero(self.looks_at(candidates)))
        if few >= len(self.places):
            return None
        who = f"Only {few} of the candidates have" if few else "None of the candidates has"
        wanted = f"{len(self.places)} {'was' if len(self.places) == 1 else 'were'} wanted"
        return f"{who} {self.at_most_clicks} clicks or fewer; {wanted}."
