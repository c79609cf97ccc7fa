"""Numbers and contexts as people write them."""

from __future__ import annotations

import math

from recsys.core.entities import OVERRIDABLE, Context
from recsys.core.types import DAY, HOUR, MINUTE
from recsys.engine.engine import Engine
from recsys.ranking.pool import NOT_LISTED


def context_in_words(engine: Engine, context: Context) -> str:
    """Device, OS and country by name."""
    if not any(getattr(context, field) for field in OVERRIDABLE):
        return "unknown"
    return " · ".join(engine.dataset.label(field, getattr(context, field)) for field in OVERRIDABLE)


def duration(ms: float) -> str:
    """A length of time as people say it."""
    if ms < HOUR:
        return f"{max(round(ms / MINUTE), 1)} min"
    return f"{ms / HOUR:.0f} h" if ms < 2 * DAY else f"{ms / DAY:.0f} days"


def duration_of_hours(hours: float) -> str:
    """The same of hours."""
    return duration(hours * HOUR)


def ordinal(number: int) -> str:
    """A rank in figures: 1st, 2nd, 3rd, 4th."""
    ending = "th" if 10 <= number % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


def gained(ranks: int) -> str:
    """How many ranks an article has gained, or lost."""
    return f"▲ {ranks}" if ranks > 0 else f"▼ {-ranks}" if ranks < 0 else "="


def amount(value: float, unit: str) -> str:
    """The value of a fact; nothing for one that only means something to the reranker."""
    if math.isnan(value):
        return "unknown"
    if unit == "rank":
        return ordinal(round(value)) if value < NOT_LISTED else "not suggested"
    if unit == "share":
        return f"{value:.1%}"
    if unit == "hours" and value >= 0:
        return duration_of_hours(value)
    if unit == "log clicks":
        return f"{math.expm1(value):,.0f} clicks"
    if unit == "log ratio":
        return f"{math.exp(value):.2g} times"
    if unit == "yes/no":
        return "yes" if value else "no"
    if unit in {"words", "articles", "clicks"}:
        return f"{value:,.0f} {unit}"
    return ""
