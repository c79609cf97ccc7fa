"""Which tasks become rows of the reranker's training set, and the rows that they become."""

from __future__ import annotations

import numpy as np

from recsys.core.progress import Report
from recsys.core.types import Bools, Ints, Longs
from recsys.data.next_click import NextClickTasks, batches_by_moment, sample_tasks
from recsys.engine.candidates import CandidateEngine
from recsys.ranking.pool import Pool
from recsys.ranking.reranker import Reranker
from recsys.ranking.training_set import TrainingSet, TrainingSetSettings, sampled_rows

BATCH = 256


def sample_training_tasks(settings: TrainingSetSettings, tasks: NextClickTasks, start: int, end: int) -> NextClickTasks:
    """The tasks of a span that become rows: of sessions that open in it, with targets that are known at its end."""
    tasks = tasks.opening_in(start, end)
    tasks = tasks.rows(tasks.times < end)
    middle_or_last = np.where(tasks.last_before(end), 1.0, settings.middle_click_weight)
    weights = np.where(tasks.position == 0, settings.first_click_weight, middle_or_last)
    return sample_tasks(tasks, settings.tasks_per_hour, settings.seed, weights)


def make_training_set(
    engine: CandidateEngine, tasks: NextClickTasks, report: Report, serving: Reranker | None = None
) -> TrainingSet:
    """Rows from the engine's own pools, moment by moment; the negatives are an even share of what was retrieved.

    Of a ``served_share`` of the tasks they are what the first stage of ``serving`` leaves, where there is one.
    """
    settings = engine.ensemble.settings.training_set
    rng = np.random.default_rng(settings.seed)
    served = np.random.default_rng([settings.seed, 1]).random(len(tasks)) < settings.served_share
    columns, share = engine.ensemble.features, settings.negative_share
    moments = tasks.moments
    found = [TrainingSet.empty(len(columns), share)]
    for first, last in batches_by_moment(moments, BATCH):
        batch = tasks.rows(slice(first, last))
        requests = batch.requests(engine.histories, engine.articles.ids)
        pool = engine.pool(requests, engine.at(int(moments[first])))
        kept = sampled_rows(pool, batch.targets, share, rng)
        if serving is None:
            found.append(TrainingSet.from_pool(pool.only(kept), batch.targets, columns, share))
        else:
            mine = served[first:last]
            kept = np.concatenate([kept[~mine[pool.rows[kept]]], _served_rows(pool, batch.targets, mine, serving)])
            found.append(TrainingSet.from_pool(pool.only(np.sort(kept)), batch.targets, columns, share, mine))
        report(last / len(tasks))
    return TrainingSet.joined(found)


def _served_rows(pool: Pool, targets: Ints, tasks: Bools, serving: Reranker) -> Longs:
    """The rows of some of a pool's tasks that a first stage leaves, where the article that was opened is among them."""
    own = np.flatnonzero(tasks[pool.rows])
    left = own[serving.left_by_first_stage(pool.only(own))]
    has_it = np.zeros(len(tasks), bool)
    has_it[pool.rows[left][pool.items[left] == targets[pool.rows[left]]]] = True
    return left[has_it[pool.rows[left]]]
