"""One reader's list, put in the order that the rules of a policy ask for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce

import numpy as np

from recsys.core.types import PAD, Bools, Doubles, Longs
from recsys.policy.base import Limit, PolicyRule
from recsys.policy.reader_candidates import ReaderCandidates


@dataclass(frozen=True)
class Arranged:
    """One reader's candidates in the order that the rules ask for.

    Attributes:
        order: of the candidates, shape (candidates,); those that are ruled out come last.
        shown: how many may be shown.
        put_by: as in ``Outcome``.
        notes: as in ``Outcome``.
        is_short: whether there were too few candidates for a rule, or of those that were reranked.
    """

    order: Longs
    shown: int
    put_by: tuple[str, ...]
    notes: tuple[str, ...]
    is_short: bool


def arranged(candidates: ReaderCandidates, rules: Sequence[PolicyRule], k: int) -> Arranged:
    """Fill a list place by place, each with the best candidate that may have it.

    What was reranked comes before what the first stage dropped, unless a rule leaves nothing of it for a place.
    """
    may = np.ones(len(candidates.items), bool)
    for one in rules:
        if (out := one.ruled_out(candidates)) is not None:
            may &= ~out
    notes = dict.fromkeys(note for one in rules if (note := one.note(candidates)) is not None)
    places, put_by = _places(candidates, rules, may, k)
    limits = [(one, limit) for one in rules if (limit := one.limit(candidates)) is not None]
    favours = [favour for one in rules if (favour := one.favour(candidates, k)) is not None]
    for place, index in places.items():
        for _, limit in limits:
            limit.take(index, place)

    values, chosen, keys, is_short = relevance(candidates, rules, may), [], [], False
    values[~may] = -np.inf
    for index in places.values():
        values[index] = -np.inf
    left, reranked = np.count_nonzero(values > -np.inf), candidates.reranked
    for place in range(k):
        if place in places:
            index = places[place]
        elif not left:
            continue
        else:
            left -= 1
            favoured = values
            for favour in favours:
                favoured = favoured + favour.values()
            index = int(favoured.argmax())
            masks = [mask for _, limit in limits if (mask := limit.allows(place)) is not None]
            for mask in masks:
                if not mask[index]:  # most often the best of all may have the place
                    index = _best(favoured, masks)
                    break
            if index == PAD or not reranked[index]:
                allowed, unmet = _allowed(favoured > -np.inf, limits, place)
                if unmet:
                    is_short = True
                    notes |= dict.fromkeys(unmet)
                if (preferred := allowed & reranked).any():
                    allowed = preferred
                index = int(np.where(allowed, favoured, -np.inf).argmax())
                is_short |= not reranked[index]
            for _, limit in limits:
                limit.take(index, place)
        for favour in favours if place + 1 < k else ():
            favour.take(index)
        values[index] = -np.inf
        chosen.append(index)
        keys.append(put_by.get(place, ""))
    listed, rest = np.array(chosen, np.int64), may.copy()
    rest[listed] = False
    below, ruled_out = rest.nonzero()[0], (~may).nonzero()[0]
    return Arranged(
        np.concatenate([listed, below, ruled_out]), len(may) - len(ruled_out), tuple(keys), tuple(notes), is_short
    )


def relevance(candidates: ReaderCandidates, rules: Sequence[PolicyRule], may: Bools) -> Doubles:
    """How relevant each candidate is: from 0 to 1 among those that were reranked, the others below, in their order."""
    scores, reranked = candidates.scores, candidates.reranked
    for one in rules:
        if (added := one.added(candidates)) is not None:
            scores = scores + added
    inside = scores[reranked & may]
    low, high = (float(inside.min()), float(inside.max())) if len(inside) else (0.0, 0.0)
    found = (scores - low) / max(high - low, 1e-12)
    if below := len(scores) - int(np.count_nonzero(reranked)):
        found[-below:] = -1.0 - np.arange(len(scores) - below, len(scores)) / len(scores)  # what was reranked is first
    return np.asarray(found)


def _places(
    candidates: ReaderCandidates, rules: Sequence[PolicyRule], may: Bools, k: int
) -> tuple[dict[int, int], dict[int, str]]:
    """The candidates with a place of their own, and the key of the rule that gave it; places from 0."""
    places: dict[int, int] = {}
    put_by: dict[int, str] = {}
    free = may.copy()
    for one in rules:
        for place, index in one.filled(candidates, free).items():
            if place < k:
                places[place], put_by[place], free[index] = index, one.key, False
    return places, put_by


def _best(favoured: Doubles, masks: Sequence[Bools]) -> int:
    """The best of those whom all masks allow, or ``PAD``."""
    allowed = np.where(reduce(np.logical_and, masks), favoured, -np.inf)
    index = int(allowed.argmax())
    return index if allowed[index] > -np.inf else PAD


def _allowed(free: Bools, limits: Sequence[tuple[PolicyRule, Limit]], place: int) -> tuple[Bools, list[str]]:
    """Who may have a place, and which rules had to be left out so that it is filled, a sentence each."""
    allowed, unmet = free, []
    for one, limit in limits:
        mine = limit.allows(place)
        if mine is None:
            continue
        if (both := allowed & mine).any():
            allowed = both
        else:
            unmet.append(f"There are too few candidates for this: {one.sentence()} The list goes on without it.")
    return allowed, unmet
