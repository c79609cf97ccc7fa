"""The same questions to two sets: the held-back visits of a log, or the visits that the sets keep."""

from __future__ import annotations

import numpy as np

from recsys.analysis.sample_visits import SampleVisit
from recsys.artifacts.store import LoadedSet
from recsys.core.entities import ENSEMBLE, Request
from recsys.core.progress import Report
from recsys.core.timestamps import iso
from recsys.core.types import HOUR, PAD, Longs
from recsys.data.click_log import ClickLog
from recsys.data.next_click import next_click_tasks, sample_tasks
from recsys.engine.engine import Engine
from recsys.engine.on_log import on_log
from recsys.errors import InputError
from recsys.evaluation.holdout import questions
from recsys.evaluation.ranked_lists import DEPTH, rank_tasks
from recsys.evaluation.segments import segments
from recsys.evaluation.set_comparison import Answered, SetComparison, compare

PER_HOUR = 250
"""Requests of an hour, where no limit is named: as many as training measures a set on."""
KEPT_VISITS = 200
"""Of the visits that two sets keep, so many are asked: a person waits for it."""
SEED = 17


def on_a_log(old: LoadedSet, new: LoadedSet, log: ClickLog, limit: int | None, report: Report) -> SetComparison:
    """Ask both sets for the last clicks of the log's visits that neither was trained on.

    Both know the log's clicks up to the hour in which a visit opens, as in ``hourly``, whenever they were trained.

    Raises:
        InputError: the log has no such visits.
    """
    trained = max(old.engine.start.time, new.engine.start.time)
    first = -(-trained // HOUR) * HOUR
    every = questions(next_click_tasks(log))
    every = every.rows(every.openings >= first)
    if not len(every):
        raise InputError(f"The log has no visits of two clicks or more from {iso(first)} on, when both are trained.")
    chosen = sample_tasks(every, PER_HOUR if limit is None else limit, SEED)
    lists, targets = [], []
    for number, one in enumerate((old, new)):
        engine, mine = on_log(one.engine, log)
        tasks = next_click_tasks(mine).rows(chosen.at)

        def share(done: float, number: int = number) -> None:
            report((number + done) / 2)

        ranked = rank_tasks({ENSEMBLE: engine}, tasks, share)
        lists.append(_ids(engine, ranked.lists[ENSEMBLE]))
        targets.append(_ids(engine, ranked.tasks.targets))
        tasks = ranked.tasks
    assert (targets[0] == targets[1]).all(), "both were asked the same"
    answered = Answered(
        user_ids=log.user_ids[tasks.users],
        as_of=tasks.as_of,
        targets=targets[0],
        segments=segments(tasks, mine),
        old=lists[0],
        new=lists[1],
    )
    asked = (
        f"{len(chosen):,} held-back requests from {iso(first)} on, at most {PER_HOUR if limit is None else limit} an "
        f"hour, counts up to the hour."
    )
    return compare(answered, name_of(old), name_of(new), asked, differences(old, new))


def on_kept_visits(old: LoadedSet, new: LoadedSet, report: Report) -> SetComparison:
    """Ask both sets for the visits that they keep, each as of its own moment, where both can answer.

    Raises:
        InputError: there are none.
    """
    visits = _both_can_answer(old.engine, new.engine, [*new.visits, *old.visits])
    lists: list[list[list[int]]] = [[], []]
    targets, asked_of = [], []
    for number, visit in enumerate(visits, start=1):
        request = Request(visit.user_id, as_of=visit.as_of, k=DEPTH)
        answers = [one.engine.recommend(request) for one in (old, new)]
        if answers[0].ground_truth is not None and answers[0].ground_truth == answers[1].ground_truth:
            targets.append(answers[0].ground_truth)
            asked_of.append(visit)
            for kept, answer in zip(lists, answers, strict=True):
                kept.append([*answer.articles, *[PAD] * (DEPTH - len(answer.articles))])
        report(number / len(visits))
    if not asked_of:
        raise InputError("The two sets keep no visits that both can answer: they share no readers, or no hours.")
    cuts = sorted(set.intersection(*(set(visit.segments) for visit in asked_of)))
    answered = Answered(
        user_ids=np.array([visit.user_id for visit in asked_of], np.int64),
        as_of=np.array([visit.as_of for visit in asked_of], np.int64),
        targets=np.array(targets, np.int64),
        segments={cut: np.array([visit.segments[cut] for visit in asked_of], str) for cut in cuts},
        old=np.array(lists[0], np.int64).reshape(-1, DEPTH),
        new=np.array(lists[1], np.int64).reshape(-1, DEPTH),
    )
    asked = f"{len(targets):,} of the visits that the sets keep, each as of its own moment."
    return compare(answered, name_of(old), name_of(new), asked, differences(old, new))


def name_of(loaded: LoadedSet) -> str:
    """What a set is called where two are compared."""
    manifest = loaded.manifest
    return f"{manifest.title}, trained at {manifest.trained_at}"


def differences(old: LoadedSet, new: LoadedSet) -> list[str]:
    """What one set knows and the other does not, a sentence each."""
    found = []
    kinds = (
        ("articles", old.engine.articles.ids, new.engine.articles.ids),
        ("readers", old.engine.user_ids, new.engine.user_ids),
    )
    for what, theirs, mine in kinds:
        only_old, only_new = len(np.setdiff1d(theirs, mine)), len(np.setdiff1d(mine, theirs))
        if only_old or only_new:
            found.append(
                f"The old set knows {only_old:,} {what} that the new one does not, and the new one {only_new:,} that "
                "the old one does not."
            )
    if old.engine.start.time != new.engine.start.time:
        trained = [iso(one.engine.start.time) for one in (old, new)]
        found.append(f"The old set was trained at {trained[0]}, the new one at {trained[1]}.")
    return found


def _ids(engine: Engine, items: np.ndarray) -> Longs:
    return np.where(items == PAD, PAD, engine.articles.ids[items])


def _both_can_answer(old: Engine, new: Engine, visits: list[SampleVisit]) -> list[SampleVisit]:
    """Up to ``KEPT_VISITS`` different ones, evenly drawn, in the order of their times."""
    found = {
        (visit.as_of, visit.user_id): visit
        for visit in visits
        if all(one.knows(visit.user_id) and one.can_replay(visit.as_of) for one in (old, new))
    }
    ordered = [found[key] for key in sorted(found)]
    return (
        [ordered[row] for row in np.unique(np.linspace(0, len(ordered) - 1, KEPT_VISITS).astype(int))] if found else []
    )
