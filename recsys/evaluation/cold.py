"""New visitors at their first click: what the context is worth when there is nothing else."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from recsys.domain import ENSEMBLE, Ints, Visitors
from recsys.engine import Engine
from recsys.evaluation.answers import DEPTH, Answers, collect
from recsys.evaluation.requests import Questions
from recsys.retrieval.base import Report, best_unread
from recsys.retrieval.popularity import Popularity

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


def ask_cold(engine: Engine, asked: Questions, report: Report) -> Answers:
    """The ensemble, the blend that new visitors' candidates come from, and popularity with parts of the context."""

    def lists(batch: Questions, time: int) -> Iterator[tuple[str, Ints]]:
        moment = engine.at(time)
        ranking = engine.rank(batch.requests(engine.histories, engine.articles.ids), moment)
        popularity = moment.retrievers["popularity"]
        assert isinstance(popularity, Popularity)
        yield ENSEMBLE, ranking.top(DEPTH)
        yield "the blend", ranking.pool.candidates["popularity"].items
        for name, families in MIXES.items():
            yield name, _mixed(popularity, families, ranking.pool.visitors)

    return collect(asked, lists, report)


def _mixed(popularity: Popularity, families: tuple[str, ...], visitors: Visitors) -> Ints:
    scores = np.stack([popularity.mix(families, context) for context in visitors.contexts])
    return best_unread(scores, popularity.live, visitors, DEPTH).items
