"""The lists that systems give for tasks whose answers are known."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from recsys.core.arrays import first_columns, ranks_of
from recsys.core.entities import ENSEMBLE
from recsys.core.policy import Policy
from recsys.core.progress import Report
from recsys.core.types import PAD, Ints, Longs
from recsys.data.next_click import NextClickTasks
from recsys.engine.batch_by_batch import batch_by_batch
from recsys.engine.candidates import CandidateEngine
from recsys.engine.engine import Engine
from recsys.evaluation.metrics import summary
from recsys.policy.applying import apply
from recsys.ranking.fates import Fate, fates

DEPTH = 20
"""How far down a list is measured."""
POLICY = "policy: "
"""What the name of a list under a policy begins with, among those of systems."""


@dataclass(frozen=True)
class RankedLists:
    """What each system answered to each task.

    Attributes:
        tasks: what was to be predicted.
        lists: the first ``DEPTH`` articles of each system, padded; shape (tasks, depth).
        fates: what came of each task's true article in the ensemble, values of ``Fate``; shape (tasks,), or (0,)
            where the ensemble is not among the systems.
    """

    tasks: NextClickTasks
    lists: dict[str, Ints]
    fates: Ints

    @cached_property
    def ranks(self) -> dict[str, Longs]:
        """The rank that each system gave each task's true article, from 1, 0 for none; shape (tasks,)."""
        targets = self.tasks.targets
        return {name: ranks_of(targets, items) for name, items in self.lists.items()}

    def metrics(self, groups: Longs | None = None) -> dict[str, dict[str, float]]:
        """Each system's metrics: means within each group (each moment where left out), then over the groups."""
        groups = self.tasks.moments if groups is None else groups
        return {name: summary(ranks, groups) for name, ranks in self.ranks.items()}

    def rows(self, which: NDArray[np.bool_]) -> RankedLists:
        """Those of some of the tasks."""
        lists = {name: items[which] for name, items in self.lists.items()}
        return RankedLists(self.tasks.rows(which), lists, self.fates[which] if len(self.fates) else self.fates)

    @classmethod
    def joined(cls, parts: list[RankedLists]) -> RankedLists:
        """The lists of several sets of tasks on the same log; nobody has lists where there were no tasks."""
        parts = [part for part in parts if len(part.tasks)] or parts[:1]
        at = np.concatenate([part.tasks.at for part in parts])
        lists = {name: np.concatenate([part.lists[name] for part in parts]) for name in parts[0].lists}
        fates = np.concatenate([part.fates for part in parts])
        return cls(NextClickTasks(**{**vars(parts[0].tasks), "at": at}), lists, fates)

    def with_misses(self, tasks: NextClickTasks) -> RankedLists:
        """The lists for ``tasks``, in their order; a task that no engine could take is a miss for all."""
        row_of = np.full(len(tasks.clicks), -1)
        row_of[self.tasks.at] = np.arange(len(self.tasks))
        rows = row_of[tasks.at]
        lists = {name: np.where((rows >= 0)[:, None], items[rows], PAD) for name, items in self.lists.items()}
        fates = np.where(rows >= 0, self.fates[rows], Fate.NOT_IN_PLAY) if len(self.fates) else self.fates
        return RankedLists(tasks, lists, fates)


NO_FATES = np.empty(0, np.int32)


@dataclass(frozen=True)
class BatchAnswer:
    """Each system's lists for a batch, shape (batch, any), and, where the ensemble is among them, the ``fates``."""

    lists: Mapping[str, Ints]
    fates: Ints = field(default_factory=NO_FATES.copy)


def rank_tasks(
    engines: Mapping[str, CandidateEngine], tasks: NextClickTasks, report: Report, policies: Sequence[Policy] = ()
) -> RankedLists:
    """Rank articles for every task, with the clicks of others known up to its moment.

    Of an engine with a reranker its list is kept under its name, of the one called ``ensemble`` each retriever's list
    as well. Of one without, the lists of its retrievers are: these are session recommenders, and know the visitor's
    session alone, as in the papers that they come from. The ensemble's list under each of ``policies`` is kept under
    its name after ``POLICY``.
    """

    def answer(batch: NextClickTasks, time: int) -> BatchAnswer:
        parts = [_answer(name, engine, batch, time, policies) for name, engine in engines.items()]
        lists = {name: items for part in parts for name, items in part.lists.items()}
        return BatchAnswer(lists, np.concatenate([part.fates for part in parts]))

    return run_batches(tasks, answer, report)


def run_batches(
    tasks: NextClickTasks, answer: Callable[[NextClickTasks, int], BatchAnswer], report: Report
) -> RankedLists:
    """Go through the tasks in batches of one moment; ``answer`` answers a batch at its moment."""
    tasks = tasks.rows(np.argsort(tasks.moments, kind="stable"))
    moments = tasks.moments

    def first_of_lists(first: int, last: int) -> BatchAnswer:
        answered = answer(tasks.rows(slice(first, last)), int(moments[first]))
        return BatchAnswer(
            {name: first_columns(items, DEPTH) for name, items in answered.lists.items()}, answered.fates
        )

    found = batch_by_batch(moments, first_of_lists, report)
    systems = found[0].lists if found else {}
    lists = {name: np.concatenate([one.lists[name] for one in found]) for name in systems}
    return RankedLists(tasks, lists, np.concatenate([NO_FATES, *(one.fates for one in found)]))


def _answer(
    name: str, engine: CandidateEngine, batch: NextClickTasks, time: int, policies: Sequence[Policy]
) -> BatchAnswer:
    moment, articles = engine.at(time), engine.articles.ids
    if not isinstance(engine, Engine):
        visitors, _ = engine.visitors(batch.requests(engine.histories, articles, session_only=True), moment)
        lists = {one.name: one.retrieve(visitors, DEPTH).items for one in moment.retrievers.values()}
        return BatchAnswer(lists)
    requests = batch.requests(engine.histories, articles, beside=name == ENSEMBLE)
    ranking = engine.rank(requests, moment)
    if name != ENSEMBLE:
        return BatchAnswer({name: ranking.top(DEPTH)})
    own = {retriever: candidates.items for retriever, candidates in ranking.pool.lists.items()}
    for policy in policies:
        ordered, _ = apply(policy, ranking, requests, engine.catalogue, [DEPTH] * len(requests))
        own[f"{POLICY}{policy.name}"] = ordered.top(DEPTH)
    return BatchAnswer({name: ranking.top(DEPTH), **own}, fates(ranking, batch.targets, DEPTH))
