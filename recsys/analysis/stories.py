"""The stories of the replay hours: what broke, when an unknown reader's list had it, and when it was read most."""

from __future__ import annotations

import numpy as np
from pydantic import BaseModel, ConfigDict

from recsys.analysis.replay import Timeline
from recsys.core.entities import ENSEMBLE
from recsys.core.types import MINUTE, Longs
from recsys.engine.engine import Engine

STEP = 10 * MINUTE
"""How far apart the moments of the film of a day are in which stories are looked for."""
PEAK = 3
"""A story's peak is the middle of so many steps in which it was read most."""
FIRST = 10
"""A story is on the list when it is among its first so many."""
EARLY, LATE = 5, 1
"""How many stories that the list had before their peak, and how many that it had too late or never."""


class Story(BaseModel):
    """An article of the day: its first click, when the list had it (None: never), and its peak; moments in ms.

    ``clicks`` are those around the peak, within ``PEAK`` steps.
    """

    model_config = ConfigDict(frozen=True)

    article_id: int
    first_click: int
    listed: int | None
    peak: int
    clicks: int

    @property
    def lead(self) -> int | None:
        """How long before its peak the list had it, ms; negative where it came too late, None where it never came."""
        return None if self.listed is None else self.peak - self.listed

    @property
    def is_early(self) -> bool:
        """Whether the list had it before its peak."""
        return self.lead is not None and self.lead > 0


def find_stories(engine: Engine, film: Timeline) -> list[Story]:
    """The largest stories of the replay hours, in the order in which they broke; one that the list missed among them.

    Stories are articles that were first opened in these hours. Where there are too few, those fill up that were there
    before and were read most. ``film`` is that of an unknown reader, with steps of ``STEP`` or more.
    """
    items, spans = engine.replay.items, np.searchsorted(film.moments, engine.replay.times, side="right") - 1
    steps = len(film.moments) - 1
    inside = (spans >= 0) & (spans < steps)
    busiest = np.bincount(items[inside], minlength=len(engine.articles)).argsort(kind="stable")[::-1]
    first_click = engine.at(engine.end).live.first
    broke = first_click >= engine.start.time
    candidates = [*busiest[broke[busiest]][: 20 * EARLY].tolist(), *busiest[~broke[busiest]][:EARLY].tolist()]
    listed = film.listed_from(ENSEMBLE, FIRST)
    found = []
    for item in candidates:
        counts = np.bincount(spans[inside & (items == item)], minlength=steps)
        around = np.convolve(counts, np.ones(PEAK, np.int64), "same")
        at = int(around.argmax())
        if not around[at]:
            continue
        found.append(
            Story(
                article_id=int(engine.articles.ids[item]),
                first_click=int(first_click[item]),
                listed=listed.get(item),
                peak=_middle(film.moments, at),
                clicks=int(around[at]),
            )
        )
    of_today = sorted((one for one in found if one.first_click >= engine.start.time), key=lambda one: -one.clicks)
    older = [one for one in found if one.first_click < engine.start.time]
    early = [one for one in of_today if one.is_early][:EARLY]
    missed = [one for one in of_today if not one.is_early][:LATE]
    chosen = [*early, *missed]
    chosen += [one for one in older if one.is_early][: EARLY + LATE - len(chosen)]
    return sorted(chosen, key=lambda one: one.first_click)


def _middle(moments: Longs, span: int) -> int:
    return int(moments[span] + moments[span + 1]) // 2
