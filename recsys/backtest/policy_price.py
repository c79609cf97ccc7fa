"""Policies on the visits that a set keeps, which its training has never seen."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby

import numpy as np

from recsys.artifacts.store import LoadedSet
from recsys.core.caching import memoized_lru
from recsys.core.entities import CONTEXT_FIELDS, Request
from recsys.core.policy import NO_POLICY, Policy
from recsys.core.progress import Report
from recsys.core.types import HOUR, PAD, Codes, Ints, Longs
from recsys.errors import InputError
from recsys.evaluation.exposure import Exposure, Opened
from recsys.evaluation.policy_price import Change, VisitLists, figures, price
from recsys.policy.applying import in_order
from recsys.policy.arranging import arranged
from recsys.policy.base import PolicyRule
from recsys.policy.catalogue import Catalogue
from recsys.policy.contradictions import check
from recsys.policy.reader_candidates import CandidatesOfRanking, KeptCandidates
from recsys.policy.rules.calibration import divergence, shares_read

VISITS = 200
"""So many are looked at: a person waits for it."""
Context = tuple[str, int]
"""A field of the context, and one of its codes."""


@dataclass(frozen=True)
class KeptVisits:
    """Visits with their candidates in the reranker's order, on which policies are tried.

    Attributes:
        readers: the candidates of each visit.
        targets: what was really opened next, shape (visits,).
        clicks: on all articles, up to each visit, shape (visits,).
        opened: the sections and ages of the targets.
        contexts: in which the visits were made, shape (visits, 6).
    """

    readers: tuple[KeptCandidates, ...]
    targets: Ints
    clicks: Longs
    opened: Opened
    contexts: Codes

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
        targets = engine.articles.index(np.array([one.opened for one in chosen], np.int64))
        readers: list[KeptCandidates] = []
        clicks: list[int] = []
        ages: list[float] = []
        contexts = []
        for hour, some in groupby(chosen, key=lambda one: max(one.as_of // HOUR * HOUR, engine.start.time)):
            requests = [Request(user_id=one.user_id, as_of=one.as_of) for one in some]
            moment = engine.at(hour)
            ranking = engine.rank(requests, moment)
            asked = enumerate(zip(requests, ranking.pool.spans(), strict=True))
            readers += KeptCandidates.of(
                [
                    CandidatesOfRanking(ranking, row, request, engine.catalogue, ranking.order[first:end])
                    for row, (request, (first, end)) in asked
                ]
            )
            clicks += [int(moment.live.clicks.sum())] * len(requests)
            mine = targets[len(ages) : len(readers)]
            times = ranking.pool.visitors.as_of
            never = moment.live.published(mine) <= 0  # nobody had opened it yet
            ages += np.where(never, 0.0, moment.live.age_hours(mine, times)).tolist()
            contexts.append(ranking.pool.visitors.contexts)
            report(len(readers) / len(chosen))
        opened = Opened(engine.articles.sections[targets], np.array(ages))
        return cls(tuple(readers), targets, np.array(clicks, np.int64), opened, np.concatenate(contexts))

    @property
    def catalogue(self) -> Catalogue:
        """Looks up what policies name."""
        return self.readers[0].catalogue

    @memoized_lru(50)
    def price(self, policy: Policy, k: int) -> dict[str, Change]:
        """What a policy costs and brings, for lists of ``k``.

        Raises:
            InputError: its rules contradict each other, or name what the set does not have.
        """
        return price(self.lists(NO_POLICY, k), self.lists(policy, k))

    @memoized_lru(20)
    def lists(self, policy: Policy, k: int) -> VisitLists:
        """The first ``k`` articles of each visit under a policy. Errors as in ``price``."""
        rules = in_order(policy)
        check(rules, self.catalogue)
        shape = (len(self.readers), k)
        items, sections = np.full(shape, PAD, np.int32), np.full(shape, -1, np.int32)
        ages, surprise = np.full(shape, np.inf), np.zeros(shape)
        far = np.full(len(self.readers), np.nan)
        for row, candidates in enumerate(self.readers):
            found = arranged(candidates, rules, k)
            best = found.order[: min(k, found.shown)]
            columns = slice(len(best))
            items[row, columns], sections[row, columns] = candidates.items[best], candidates.sections[best]
            ages[row, columns] = candidates.age_hours[best]
            surprise[row, columns] = -np.log2(np.maximum(candidates.clicks[best], 1) / max(self.clicks[row], 1))
            if len(candidates.sections_read):
                shares = shares_read(candidates)
                on_list = (candidates.sections[best][:, None] == list(shares)).mean(axis=0)
                [far[row]] = divergence(np.array(list(shares.values())), on_list[None])
        return VisitLists(items, self.targets, sections, ages, surprise, far)

    @memoized_lru(50)
    def curve(self, policy: Policy, kind: type[PolicyRule], k: int) -> list[tuple[float | None, dict[str, float]]]:
        """The figures with one rule from off to its strongest, the others as they are; by what its dial says.

        Errors as in ``price``.
        """
        others = tuple(one for one in policy.rules if not isinstance(one, kind))
        own = next((one for one in policy.rules if isinstance(one, kind)), kind())
        turned = [(value, (*others, own.model_copy(update={kind.dial: value}))) for value in kind.dial_values]
        points = [(None, others), *turned]
        return [(value, figures(self.lists(Policy(rules=rules), k))) for value, rules in points]

    @memoized_lru(20)
    def exposures(self, policy: Policy, k: int, whose: Context | None = None) -> tuple[Exposure, Exposure]:
        """Who and what is shown without a policy and under it, to all readers or to those with one code of a field.

        Errors as in ``price``.
        """
        rows = np.arange(len(self.readers))
        if whose is not None:
            field, code = whose
            rows = np.flatnonzero(self.contexts[:, CONTEXT_FIELDS.index(field)] == code)
        read = [self.readers[row].sections_read for row in rows.tolist()]
        opened, codes = self.opened.rows(rows), self.catalogue.articles.section_codes
        lists = (self.lists(one, k).rows(rows) for one in (NO_POLICY, policy))
        without, under = (Exposure.of(one, opened, read, codes) for one in lists)
        return without, under
