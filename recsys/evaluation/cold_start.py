"""New visitors at their first click: what the context is worth when there is nothing else."""

from __future__ import annotations

import numpy as np

from recsys.core.batches import Visitors
from recsys.core.entities import ENSEMBLE
from recsys.core.progress import Report
from recsys.core.types import Ints
from recsys.data.next_click import NextClickTasks
from recsys.engine.engine import Engine
from recsys.evaluation.ranked_lists import DEPTH, BatchAnswer, RankedLists, run_batches
from recsys.ranking.fates import fates
from recsys.retrieval.base import best_allowed
from recsys.retrieval.popularity.retriever import Popularity

MIXES = {
    "overall popularity": ("overall",),
    "with device": ("overall", "device"),
    "with OS": ("overall", "os"),
    "with country": ("overall", "country"),
    "with region": ("overall", "region"),
    "with referrer": ("overall", "referrer"),
    "with device, OS, country": ("overall", "device", "os", "country", "os_country", "device_country"),
}
"""Popularity by ever more of the context, in the way in which visitors with history get it."""


def rank_cold_tasks(engine: Engine, tasks: NextClickTasks, report: Report) -> RankedLists:
    """The ensemble, the blend that new visitors' candidates come from, and popularity with parts of the context."""

    def answer(batch: NextClickTasks, time: int) -> BatchAnswer:
        moment = engine.at(time)
        ranking = engine.rank(batch.requests(engine.histories, engine.articles.ids), moment)
        popularity = moment.get(Popularity)
        lists = {ENSEMBLE: ranking.top(DEPTH), "the blend": ranking.pool.candidates[Popularity.name].items}
        visitors = ranking.pool.visitors
        lists |= {name: _mixed(popularity, families, visitors) for name, families in MIXES.items()}
        return BatchAnswer(lists, fates(ranking, batch.targets, DEPTH))

    return run_batches(tasks, answer, report)


def _mixed(popularity: Popularity, families: tuple[str, ...], visitors: Visitors) -> Ints:
    scores = np.stack([popularity.mix(families, context) for context in visitors.contexts])
    return best_allowed([scores], [DEPTH], popularity.live, visitors)[0].items
