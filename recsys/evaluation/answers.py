"""Asks engines questions whose answers are known, and keeps what each system put first."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from recsys.domain import ENSEMBLE, NOTHING, Ints, Longs, columns
from recsys.engine import Engine
from recsys.evaluation.metrics import places_of, summary
from recsys.evaluation.requests import Questions, moment_batches
from recsys.retrieval.base import Report

DEPTH = 20
"""How long a list is looked at."""
BATCH = 256
AT_ONCE = 2


@dataclass(frozen=True)
class Answers:
    """The first ``DEPTH`` articles of each system for each question, padded; arrays of shape (questions, depth)."""

    questions: Questions
    lists: dict[str, Ints]

    @cached_property
    def places(self) -> dict[str, Longs]:
        """Where each system put each question's true article, from 1, 0 for not at all; shape (questions,)."""
        targets = self.questions.targets
        return {name: places_of(targets, items) for name, items in self.lists.items()}

    def metrics(self, groups: Longs | None = None) -> dict[str, dict[str, float]]:
        """Each system's metrics: means within each group (each moment where left out), then over the groups."""
        groups = self.questions.moments if groups is None else groups
        return {name: summary(places, groups) for name, places in self.places.items()}

    def rows(self, which: NDArray[np.bool_]) -> Answers:
        """Those to some of the questions."""
        return Answers(self.questions.rows(which), {name: items[which] for name, items in self.lists.items()})

    @classmethod
    def joined(cls, parts: list[Answers]) -> Answers:
        """Answers to several sets of questions on the same log."""
        at = np.concatenate([part.questions.at for part in parts])
        lists = {name: np.concatenate([part.lists[name] for part in parts]) for name in parts[0].lists}
        return cls(Questions(**{**vars(parts[0].questions), "at": at}), lists)

    def with_misses(self, asked: Questions) -> Answers:
        """The answers to ``asked``, in its order; a question that nobody could be asked is a miss for all."""
        row_of = np.full(len(asked.clicks), -1)
        row_of[self.questions.at] = np.arange(len(self.questions))
        rows = row_of[asked.at]
        lists = {name: np.where((rows >= 0)[:, None], items[rows], NOTHING) for name, items in self.lists.items()}
        return Answers(asked, lists)


def ask(engines: Mapping[str, Engine], asked: Questions, report: Report) -> Answers:
    """Ask every question with the clicks of others known up to its moment.

    Of an engine with a reranker its answer is kept under its name, of the one called ``ensemble`` each retriever's
    list as well. Of one without, the lists of its retrievers are: these are session recommenders, and are told of the
    visitor's session alone, as in the papers that they come from.
    """

    def lists(batch: Questions, time: int) -> Iterator[tuple[str, Ints]]:
        for name, engine in engines.items():
            yield from _lists(name, engine, batch, time)

    return collect(asked, lists, report)


def collect(asked: Questions, lists: Callable[[Questions, int], Iterable[tuple[str, Ints]]], report: Report) -> Answers:
    """Go through the questions in batches of one moment; ``lists`` gives each system's lists for a batch.

    Two batches are under way at a time: of a batch, LightGBM and most of NumPy keep but one core busy.
    """
    asked = asked.rows(np.argsort(asked.moments, kind="stable"))
    moments = asked.moments
    batches = moment_batches(moments, BATCH)

    def answer(batch: tuple[int, int]) -> list[tuple[str, Ints]]:
        of_batch = lists(asked.rows(slice(*batch)), int(moments[batch[0]]))
        return [(system, columns(items, DEPTH)) for system, items in of_batch]

    found: dict[str, list[Ints]] = {}
    with ThreadPoolExecutor(AT_ONCE) as threads:
        for (_, last), answers in zip(batches, threads.map(answer, batches), strict=True):
            for system, items in answers:
                found.setdefault(system, []).append(items)
            report(last / len(asked))
    return Answers(asked, {name: np.concatenate(parts) for name, parts in found.items()})


def _lists(name: str, engine: Engine, batch: Questions, time: int) -> Iterator[tuple[str, Ints]]:
    moment, articles = engine.at(time), engine.articles.ids
    if engine.reranker is None:
        visitors, _ = engine.visitors(batch.requests(engine.histories, articles, session_only=True), moment)
        for retriever in moment.retrievers.values():
            yield retriever.name, retriever.retrieve(visitors, DEPTH).items
        return
    ranking = engine.rank(batch.requests(engine.histories, articles), moment)
    yield name, ranking.top(DEPTH)
    if name == ENSEMBLE:
        for retriever_name, candidates in ranking.pool.candidates.items():
            yield retriever_name, candidates.items
