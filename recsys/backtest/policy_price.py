"""Policies on the visits that a set keeps, which its training has never seen."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby

import numpy as np

from recsys.artifacts.store import LoadedSet
from recsys.core.entities import Request
from recsys.core.policy import NO_POLICY, Policy
from recsys.core.progress import Report
from recsys.core.types import HOUR, PAD, Ints, Longs
from recsys.errors import InputError
from recsys.evaluation.policy_price import Change, VisitLists, figures, price
from recsys.policy.applying import arranged, in_order
from recsys.policy.base import PolicyRule
from recsys.policy.case import CaseOfRanking, KeptCase
from recsys.policy.catalogue import Catalogue
from recsys.policy.contradictions import check
from recsys.policy.rules.calibration import divergence

VISITS = 200
"""So many are looked at: a person waits for it."""


@dataclass(frozen=True)
class KeptVisits:
    """Visits with their candidates in the reranker's order, on which policies are tried.

    Attributes:
        cases: of each visit.
        targets: what was really opened next, shape (visits,).
        clicks: on all articles, up to each visit, shape (visits,).
    """

    cases: tuple[KeptCase, ...]
    targets: Ints
    clicks: Longs

    @classmethod
    def of(cls, loaded: LoadedSet, report: Report) -> KeptVisits:
        """Up to ``VISITS`` of a set's visits, evenly drawn; counts of clicks are as of the full hour, as in ``hourly``.

        Raises:
            InputError: the set keeps none.
        """
        engine = loaded.engine
        visits = [one for one in loaded.visits if engine.knows(one.user_id) and engine.can_replay(one.as_of)]
        if not visits:
            raise InputError("This set keeps no visits on which policies could be tried.")
        visits.sort(key=lambda one: one.as_of)
        chosen = [visits[row] for row in np.unique(np.linspace(0, len(visits) - 1, VISITS).astype(int))]
        cases: list[KeptCase] = []
        clicks: list[int] = []
        for hour, some in groupby(chosen, key=lambda one: max(one.as_of // HOUR * HOUR, engine.start.time)):
            requests = [Request(user_id=one.user_id, as_of=one.as_of) for one in some]
            moment = engine.at(hour)
            ranking = engine.rank(requests, moment)
            for row, request in enumerate(requests):
                cases.append(KeptCase.of(CaseOfRanking(ranking, row, request, engine.catalogue)))
            clicks += [int(moment.live.clicks.sum())] * len(requests)
            report(len(cases) / len(chosen))
        targets = engine.articles.index(np.array([one.opened for one in chosen], np.int64))
        return cls(tuple(cases), targets, np.array(clicks, np.int64))

    @property
    def catalogue(self) -> Catalogue:
        """Looks up what policies name."""
        return self.cases[0].catalogue

    def price(self, policy: Policy, k: int) -> dict[str, Change]:
        """What a policy costs and brings, for lists of ``k``.

        Raises:
            InputError: its rules contradict each other, or name what the set does not have.
        """
        return price(self.lists(NO_POLICY, k), self.lists(policy, k))

    def lists(self, policy: Policy, k: int) -> VisitLists:
        """The first ``k`` articles of each visit under a policy. Errors as in ``price``."""
        rules = in_order(policy)
        check(rules, self.catalogue)
        shape = (len(self.cases), k)
        items, sections = np.full(shape, PAD, np.int32), np.full(shape, -1, np.int32)
        ages, surprise = np.full(shape, np.inf), np.zeros(shape)
        far = np.full(len(self.cases), np.nan)
        for row, case in enumerate(self.cases):
            found = arranged(case, rules, k)
            best = found.order[: min(k, found.shown)]
            columns = slice(len(best))
            items[row, columns], sections[row, columns] = case.items[best], case.sections[best]
            ages[row, columns] = case.age_hours[best]
            surprise[row, columns] = -np.log2(np.maximum(case.clicks[best], 1) / max(self.clicks[row], 1))
            if len(case.sections_read):
                read, counts = np.unique(case.sections_read, return_counts=True)
                on_list = (case.sections[best][:, None] == read).mean(axis=0)
                [far[row]] = divergence(counts / counts.sum(), on_list[None])
        return VisitLists(items, self.targets, sections, ages, surprise, far)

    def curve(self, policy: Policy, kind: type[PolicyRule], k: int) -> list[tuple[float | None, dict[str, float]]]:
        """The figures with one rule from off to its strongest, the others as they are; by what its dial says.

        Errors as in ``price``.
        """
        others = tuple(one for one in policy.rules if not isinstance(one, kind))
        settings = [(None, others), *((value, (*others, kind(**{kind.dial: value}))) for value in kind.dial_values)]
        return [(value, figures(self.lists(Policy(rules=rules), k))) for value, rules in settings]
