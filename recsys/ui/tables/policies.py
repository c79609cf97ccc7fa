"""What a policy costs and brings, in words and as tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from recsys.evaluation.policy_price import BY_KEY, MEASURES, Change


def in_short(found: Mapping[str, Change], visits: int, k: int) -> str:
    """The price in sentences."""
    clicks, sections, articles, new = (found[key] for key in ("found", "sections", "distinct", "new"))
    return (
        f"On {visits} visits that this set keeps, and that its training never saw: of 100 next clicks, lists of {k} "
        f"have **{clicks.after:.1f}** instead of {clicks.before:.1f}{_chance(clicks)}. A list has "
        f"**{sections.after:.1f}** sections instead of {sections.before:.1f}; all lists together show "
        f"**{articles.after:.0f}** different articles instead of {articles.before:.0f}; **{new.after:.0f}%** of what "
        f"is shown is under three hours old instead of {new.before:.0f}%."
    )


@dataclass(frozen=True)
class FigureUnderPolicy:
    """A figure under the policy, by how much it changed, and what is to be said of that."""

    label: str
    value: str
    change: str | None
    remark: str | None


def at_a_glance(found: Mapping[str, Change]) -> list[FigureUnderPolicy]:
    """The price in four figures."""
    figures = []
    for key in ("found", "sections", "distinct", "new"):
        one, change = BY_KEY[key], found[key]
        by = None if change.before == change.after else _signed(one.format, change.difference)
        remark = None if by is None or change.is_sure else "may be chance"
        figures.append(FigureUnderPolicy(one.label, one.format % change.after, by, remark))
    return figures


def price(found: Mapping[str, Change]) -> pd.DataFrame:
    """Every figure, before and after, with the interval of the difference."""
    return pd.DataFrame(
        [
            {
                "figure": one.label,
                "before": one.format % found[one.key].before,
                "after": one.format % found[one.key].after,
                "difference": _signed(one.format, found[one.key].difference),
                "from": _signed(one.format, found[one.key].interval[0]),
                "to": _signed(one.format, found[one.key].interval[1]),
                "meaning": one.meaning,
            }
            for one in MEASURES
        ]
    )


def curve(points: Sequence[tuple[float | None, Mapping[str, float]]], bought: str) -> pd.DataFrame:
    """The points of a curve: what the dial says, what the rule is there for, and what is found."""
    return pd.DataFrame(
        [
            {"dial": "off" if value is None else f"{value:g}", "bought": figures[bought], "found": figures["found"]}
            for value, figures in points
        ]
    )


def label(key: str) -> str:
    """What a measure is called."""
    return BY_KEY[key].label


def _signed(form: str, value: float) -> str:
    return form.replace("%", "%+") % value


def _chance(change: Change) -> str:
    if change.before == change.after:
        return ""
    return "" if change.is_sure else ", a difference that may be chance"
