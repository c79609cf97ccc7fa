"""Which tasks become rows of the reranker's training set, and the rows that they become."""

from __future__ import annotations

import numpy as np

from recsys.core.progress import Report
from recsys.data.next_click import NextClickTasks, sample_tasks
from recsys.engine.batch_by_batch import batch_by_batch
from recsys.engine.candidates import CandidateEngine
from recsys.ranking.training_set import TrainingSet, TrainingSetSettings, sampled_rows


def sample_training_tasks(settings: TrainingSetSettings, tasks: NextClickTasks, start: int, end: int) -> NextClickTasks:
    """The tasks of a span that become rows: of sessions that open in it, with targets that are known at its end."""
    tasks = tasks.opening_in(start, end)
    tasks = tasks.rows(tasks.times < end)
    middle_or_last = np.where(tasks.last_before(end), 1.0, settings.middle_click_weight)
    weights = np.where(tasks.position == 0, settings.first_click_weight, middle_or_last)
    return sample_tasks(tasks, settings.tasks_per_hour, settings.seed, weights)


def make_training_set(engine: CandidateEngine, tasks: NextClickTasks, report: Report) -> TrainingSet:
    """Rows from the engine's own pools, moment by moment; the negatives are an even share of what was retrieved."""
    settings = engine.ensemble.settings.training_set
    columns, share = engine.ensemble.features, settings.negative_share
    moments = tasks.moments

    def rows_of(first: int, last: int) -> TrainingSet:
        batch = tasks.rows(slice(first, last))
        requests = batch.requests(engine.histories, engine.articles.ids)
        pool = engine.pool(requests, engine.at(int(moments[first])))
        luck = np.random.default_rng([settings.seed, int(batch.at[0])])  # its own: batches overtake each other
        pool = pool.only(sampled_rows(pool, batch.targets, share, luck))
        return TrainingSet.from_pool(pool, batch.targets, columns, share)

    parts = batch_by_batch(moments, rows_of, report)
    return TrainingSet.joined([TrainingSet.empty(len(columns), share), *parts])
