"""The lists that systems give for tasks whose answers are known."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from recsys.core.arrays import first_columns, ranks_of
from recsys.core.entities import ENSEMBLE
from recsys.core.progress import Report
from recsys.core.types import PAD, Ints, Longs
from recsys.data.next_click import NextClickTasks, batches_by_moment
from recsys.engine.candidates import CandidateEngine
from recsys.engine.engine import Engine
from recsys.evaluation.metrics import summary

DEPTH = 20
"""How far down a list is measured."""
BATCH = 256
BATCHES_AT_ONCE = 2


@dataclass(frozen=True)
class RankedLists:
    """The first ``DEPTH`` articles of each system for each task, padded; arrays of shape (tasks, depth)."""

    tasks: NextClickTasks
    lists: dict[str, Ints]

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
        return RankedLists(self.tasks.rows(which), {name: items[which] for name, items in self.lists.items()})

    @classmethod
    def joined(cls, parts: list[RankedLists]) -> RankedLists:
        """The lists of several sets of tasks on the same log."""
        at = np.concatenate([part.tasks.at for part in parts])
        lists = {name: np.concatenate([part.lists[name] for part in parts]) for name in parts[0].lists}
        return cls(NextClickTasks(**{**vars(parts[0].tasks), "at": at}), lists)

    def with_misses(self, tasks: NextClickTasks) -> RankedLists:
        """The lists for ``tasks``, in their order; a task that no engine could take is a miss for all."""
        row_of = np.full(len(tasks.clicks), -1)
        row_of[self.tasks.at] = np.arange(len(self.tasks))
        rows = row_of[tasks.at]
        lists = {name: np.where((rows >= 0)[:, None], items[rows], PAD) for name, items in self.lists.items()}
        return RankedLists(tasks, lists)


def rank_tasks(engines: Mapping[str, CandidateEngine], tasks: NextClickTasks, report: Report) -> RankedLists:
    """Rank articles for every task, with the clicks of others known up to its moment.

    Of an engine with a reranker its list is kept under its name, of the one called ``ensemble`` each retriever's list
    as well. Of one without, the lists of its retrievers are: these are session recommenders, and know the visitor's
    session alone, as in the papers that they come from.
    """

    def lists(batch: NextClickTasks, time: int) -> Iterator[tuple[str, Ints]]:
        for name, engine in engines.items():
            yield from _lists(name, engine, batch, time)

    return run_batches(tasks, lists, report)


def run_batches(
    tasks: NextClickTasks, lists: Callable[[NextClickTasks, int], Iterable[tuple[str, Ints]]], report: Report
) -> RankedLists:
    """Go through the tasks in batches of one moment; ``lists`` returns each system's lists for a batch.

    Two batches run at a time: LightGBM and most of NumPy keep only one core busy with a batch.
    """
    tasks = tasks.rows(np.argsort(tasks.moments, kind="stable"))
    moments = tasks.moments
    batches = batches_by_moment(moments, BATCH)

    def answer(batch: tuple[int, int]) -> list[tuple[str, Ints]]:
        of_batch = lists(tasks.rows(slice(*batch)), int(moments[batch[0]]))
        return [(system, first_columns(items, DEPTH)) for system, items in of_batch]

    found: dict[str, list[Ints]] = {}
    with ThreadPoolExecutor(BATCHES_AT_ONCE) as threads:
        for (_, last), answers in zip(batches, threads.map(answer, batches), strict=True):
            for system, items in answers:
                found.setdefault(system, []).append(items)
            report(last / len(tasks))
    return RankedLists(tasks, {name: np.concatenate(parts) for name, parts in found.items()})


def _lists(name: str, engine: CandidateEngine, batch: NextClickTasks, time: int) -> Iterator[tuple[str, Ints]]:
    moment, articles = engine.at(time), engine.articles.ids
    if not isinstance(engine, Engine):
        visitors, _ = engine.visitors(batch.requests(engine.histories, articles, session_only=True), moment)
        for retriever in moment.retrievers.values():
            yield retriever.name, retriever.retrieve(visitors, DEPTH).items
        return
    ranking = engine.rank(batch.requests(engine.histories, articles), moment)
    yield name, ranking.top(DEPTH)
    if name == ENSEMBLE:
        for retriever_name, candidates in ranking.pool.candidates.items():
            yield retriever_name, candidates.items
