"""What a reader really opened next, and how the lists ranked it: in a sentence."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from recsys.analysis.sample_visits import FIRST
from recsys.core.entities import ENSEMBLE
from recsys.engine.engine import Engine
from recsys.engine.recommendation import Recommendation
from recsys.ranking.fates import Fate
from recsys.ui.words import enumerated, ordinal

WHY_MISSED = {
    Fate.NOT_SUGGESTED: "We missed it: no algorithm suggested it.",
    Fate.ALREADY_READ: "We don't show it: they had read it already.",
    Fate.NOT_IN_PLAY: "We could not know it: nobody had opened it lately.",
}
"""Why no list had the article that was opened next."""


@dataclass(frozen=True)
class Told:
    """What came of the article that was opened next, None where that is not known, and the sentence."""

    fate: Fate | None
    sentence: str


def outcome_of(
    engine: Engine, answer: Recommendation, label: Callable[[str], str], strong: Callable[[str], str] = str
) -> Told:
    """What came of an answer; ``label`` names an algorithm, ``strong`` writes what stands out."""
    opened = answer.ground_truth
    if opened is None:
        return Told(
            None,
            "We don't know what they opened next: this reader is not stored, or has no later click in this set.",
        )
    sentence = f"They really opened {strong(engine.title_of(opened))} next."
    ranks = answer.ranks_of(opened)
    rank = ranks.pop(ENSEMBLE)
    fate = answer.fate(opened, answer.request.k)
    if not rank:
        had_it = [f"{label(name)} had it {ordinal(ranks[name])}" for name in engine.beside if ranks.get(name)]
        compared = f" {enumerated(had_it)}, but is here only to compare with." if had_it else ""
        return Told(fate, f"{sentence} {WHY_MISSED[fate]}{compared}")
    found_by = ", ".join(f"{label(name)} ({ranks[name]})" for name in engine.suggesting if ranks[name])
    if fate != Fate.SHOWN:
        below = f"We ranked it {ordinal(rank)} of {len(answer.ranking.pool)}, too low to be shown."
        return Told(fate, f"{sentence} {below} Suggested by: {found_by}.")
    has_company = any(0 < theirs <= FIRST for theirs in ranks.values())
    alone = "" if has_company else f" No single algorithm had it in its first {FIRST}."
    return Told(fate, f"{sentence} We ranked it {strong(ordinal(rank))}.{alone} Suggested by: {found_by}.")
