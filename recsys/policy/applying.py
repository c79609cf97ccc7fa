"""A policy applied to what the reranker has put in order: the one place for pages, API, commands and backtest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

from recsys.core.entities import Request
from recsys.core.policy import Policy
from recsys.core.types import Longs
from recsys.policy.arranging import arranged
from recsys.policy.base import PolicyRule, rules_of
from recsys.policy.catalogue import Catalogue
from recsys.policy.contradictions import check
from recsys.policy.reader_candidates import CandidatesOfRanking
from recsys.ranking.ranking import Ranking


@dataclass(frozen=True)
class Outcome:
    """What a policy did to one list.

    Attributes:
        before: the rows of the pool as the reranker had them in order.
        put_by: the key of the rule that filled each place of the list, empty where the score did.
        notes: what could not be met, a sentence each.
    """

    before: Longs
    put_by: tuple[str, ...]
    notes: tuple[str, ...]


def apply(
    policy: Policy, ranking: Ranking, requests: Sequence[Request], catalogue: Catalogue, k: Sequence[int]
) -> tuple[Ranking, list[Outcome]]:
    """Put a batch's lists in the order that a policy asks for; without rules, both stay as they are.

    Args:
        policy: the same for all.
        ranking: of the batch, with the retrievers of its moment.
        requests: one for each visitor.
        catalogue: looks up what the rules name.
        k: how long each list is to be; what comes below follows as it was.

    Raises:
        InputError: the rules contradict each other, or name what the set does not have.
    """
    rules = in_order(policy)
    check(rules, catalogue)
    order, shown, outcomes = ranking.order.copy(), [], []
    looks_below = [one for one in rules if one.looks_below]
    starts = ranking.pool.starts.tolist()
    for row, (request, length) in enumerate(zip(requests, k, strict=True)):
        first, end = starts[row : row + 2]
        before = ranking.order[first:end]
        # What was reranked alone is a sixth of the work, and most often enough.
        among = ranking.reranked[before]
        if looks_below:
            everyone = CandidatesOfRanking(ranking, row, request, catalogue, before)
            among = np.logical_or.reduce([among, *(one.looks_at(everyone) for one in looks_below)])
        candidates = CandidatesOfRanking(ranking, row, request, catalogue, before[among])
        found = arranged(candidates, rules, length)
        if not among.all() and (found.is_short or len(found.put_by) < length):
            among = np.ones(len(before), bool)
            candidates = CandidatesOfRanking(ranking, row, request, catalogue, before)
            found = arranged(candidates, rules, length)
        order[first:end] = np.concatenate([candidates.rows[found.order], before[~among]])
        shown.append(end - first - len(candidates.rows) + found.shown)
        outcomes.append(Outcome(before, found.put_by, found.notes))
    return replace(ranking, order=order, shown=np.array(shown, np.int64)), outcomes


def wanted(policy: Policy, catalogue: Catalogue) -> list[int]:
    """The articles, by index, that must be among everybody's candidates. Errors as in ``apply``."""
    return [item for one in in_order(policy) for item in one.wanted(catalogue)]


@lru_cache(256)
def in_order(policy: Policy) -> tuple[PolicyRule, ...]:
    """The rules in an order of their own, so that the order in which they are given does not matter."""
    return tuple(sorted(rules_of(policy), key=lambda one: (one.draws, one.key, one.model_dump_json())))
