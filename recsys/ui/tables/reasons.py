"""Why an article stands where it stands: all facts summed up in a few reasons, and a sentence of the weightiest."""

from __future__ import annotations

import pandas as pd

from recsys.core.reasons import Reason
from recsys.ui.words import ordinal

FOR = {
    Reason.JUST_READ: "readers of their last articles went on to it",
    Reason.TASTE: "it is what they like to read",
    Reason.POPULAR_NOW: "it is read a lot right now",
    Reason.FRESH: "it is new",
    Reason.SAME_CONTEXT: "readers on the same device and from the same place open it",
    Reason.SIMILAR_READERS: "readers like them are reading it",
    Reason.OPENED_BEFORE: "they have opened it before",
}
AGAINST = {
    Reason.JUST_READ: "few readers of their last articles went on to it",
    Reason.TASTE: "it is not what they usually read",
    Reason.POPULAR_NOW: "it is not read much right now",
    Reason.FRESH: "it is no longer new",
    Reason.SAME_CONTEXT: "readers on the same device or from the same place open it less than others do",
    Reason.SIMILAR_READERS: "few readers like them are reading it",
    Reason.OPENED_BEFORE: "they do not come back to it as they do to others",
}
FOR_NEW, AGAINST_NEW = "it suits readers of whom nothing is known yet", "it suits readers of whom more is known"
FROM_HISTORY = {Reason.JUST_READ, Reason.TASTE, Reason.OPENED_BEFORE}
"""What they say of somebody who has read nothing is no more than that."""
WORTH_SAYING = 0.05
"""A reason that adds less is not given."""


def by_reason(facts: pd.DataFrame) -> pd.DataFrame:
    """What each reason that has a fact adds to a score; columns ``reason``, ``adds``, in the order of the reasons.

    ``facts`` are those of ``explanation.contributions_of``, so that the sum is exact.
    """
    sums = facts.groupby("reason")["adds"].sum()
    names = [one.value for one in Reason if one.value in sums.index]
    return pd.DataFrame({"reason": names, "adds": [float(sums[name]) for name in names]})


def in_a_sentence(reasons: pd.DataFrame, rank: int, has_read: bool) -> str:
    """Such as "First mainly because it is new (+0.70), although it is not read much right now (-0.20)."."""
    weights = {Reason(name): adds for name, adds in zip(reasons["reason"], reasons["adds"], strict=True)}
    ordered = sorted(weights, key=lambda one: -weights[one])
    lifting = [one for one in ordered if weights[one] >= WORTH_SAYING][:2]
    holding = [one for one in reversed(ordered) if weights[one] <= -WORTH_SAYING][:1]
    place = {1: "First", 2: "Second", 3: "Third"}.get(rank, ordinal(rank))
    because = _joined([f"because {_words(one, has_read, good=True)} ({weights[one]:+.2f})" for one in lifting])
    although = _joined([f"although {_words(one, has_read, good=False)} ({weights[one]:+.2f})" for one in holding])
    if because:
        return f"{place} mainly {because}{f', {although}' if although else ''}."
    return f"{place} {although}." if although else f"{place}: nothing speaks clearly for it or against it."


def in_a_sentence_against(mine: pd.DataFrame, theirs: pd.DataFrame) -> str:
    """What decides between two articles, such as "What decides: popular now (+0.61) and fresh (+0.20)."."""
    difference = dict(zip(mine["reason"], mine["adds"] - theirs["adds"], strict=True))
    gap = sum(difference.values())
    sign = 1 if gap >= 0 else -1
    ordered = sorted(difference, key=lambda one: -sign * difference[one])
    weighty = [one for one in ordered if sign * difference[one] >= WORTH_SAYING][:2]
    if not weighty:
        return "Nothing decides clearly between them."
    words = _joined([f"{one.lower()} ({difference[one]:+.2f})" for one in weighty])
    return f"What decides: {words}."


def _words(reason: Reason, has_read: bool, *, good: bool) -> str:
    if reason in FROM_HISTORY and not has_read:
        return FOR_NEW if good else AGAINST_NEW
    return (FOR if good else AGAINST)[reason]


def _joined(parts: list[str]) -> str:
    return " and ".join(dict.fromkeys(parts))
