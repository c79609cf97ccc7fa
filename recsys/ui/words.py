"""Numbers and contexts as people write them."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from recsys.analysis.stories import Story
from recsys.core.entities import OVERRIDABLE, Context
from recsys.core.types import DAY, HOUR, MINUTE
from recsys.engine.engine import Engine
from recsys.ranking.pool import NOT_LISTED
from recsys.ui.theme import LOOKS


def context_in_words(engine: Engine, context: Context) -> str:
    """Device, OS and country by name."""
    return context_in_words_of(engine, {field: getattr(context, field) for field in OVERRIDABLE})


def context_in_words_of(engine: Engine, codes: Mapping[str, int]) -> str:
    """The same of codes by field."""
    if not any(codes.values()):
        return "unknown"
    return " · ".join(engine.dataset.label(field, codes[field]) for field in OVERRIDABLE if field in codes)


def enumerated(names: Sequence[str], joined: str = "and") -> str:
    """Several things as people list them: "device, OS and country"."""
    *others, last = names
    return f"{', '.join(others)} {joined} {last}" if others else last


def compared_names(engine: Engine) -> str:
    """The algorithms whose lists are shown and suggest nothing."""
    return enumerated([LOOKS[name].label for name in engine.beside])


def only_compared(engine: Engine) -> str:
    """Why lists are shown that suggest nothing; empty where there are none."""
    if not engine.beside:
        return ""
    are, their = ("is", "its") if len(engine.beside) == 1 else ("are", "their")
    return (
        f"{compared_names(engine)} {are} here to compare with: where articles are read for hours only, {their} "
        "suggestions make the final list no better, so it does without them."
    )


def counted(number: int, one: str) -> str:
    """How many of something: "1 row", "2,000 rows"."""
    return f"{number:,} {one}" if number == 1 else f"{number:,} {one}s"


def clock_time(time: int) -> str:
    """A moment in ms as the time of day, UTC: 17:31."""
    return f"{datetime.fromtimestamp(time // 1000, UTC):%H:%M}"


def duration(ms: float) -> str:
    """A length of time as people say it."""
    if ms < HOUR:
        return f"{max(round(ms / MINUTE), 1)} min"
    return f"{ms / HOUR:.0f} h" if ms < 2 * DAY else f"{ms / DAY:.0f} days"


def hours_and_minutes(ms: int) -> str:
    """A length of time to the minute: 1 h 45 min."""
    hours, minutes = divmod(round(ms / MINUTE), 60)
    return " ".join([f"{hours} h"] * (hours > 0) + [f"{minutes} min"] * (minutes > 0 or hours == 0))


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
        return counted(round(value), unit.removesuffix("s"))
    return ""


def story_in_words(story: Story) -> str:
    """Such as "first read 17:31, on the list 18:00, most read 19:45"."""
    listed = "never on the list" if story.listed is None else f"on the list {clock_time(story.listed)}"
    return f"first read {clock_time(story.first_click)}, {listed}, most read {clock_time(story.peak)}"


def lead_in_words(story: Story) -> str:
    """How long before its peak the list had a story, such as "1 h 45 min early"."""
    lead = story.lead
    if lead is None:
        return "missed"
    return f"{hours_and_minutes(abs(lead))} {'early' if lead > 0 else 'late'}" if lead else "just in time"
