"""New visitors at their first click: what the context is worth when there is nothing else."""

from __future__ import annotations

import numpy as np

from recsys.domain import Ints, Visitors
from recsys.engine import Engine
from recsys.evaluation.answers import BATCH, DEPTH, ENSEMBLE, Answers
from recsys.evaluation.requests import Questions, moment_batches
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
    asked = asked.rows(np.argsort(asked.moments, kind="stable"))
    moments = asked.moments
    found: dict[str, list[Ints]] = {}
    for first, last in moment_batches(moments, BATCH):
        batch = asked.rows(slice(first, last))
        ranking = engine.rank(batch.requests(engine.histories, engine.articles.ids), engine.at(int(moments[first])))
        popularity = ranking.pool.retrievers["popularity"]
        assert isinstance(popularity, Popularity)
        lists = {ENSEMBLE: ranking.top(DEPTH), "the blend": ranking.pool.candidates["popularity"].items[:, :DEPTH]}
        lists |= {name: _mixed(popularity, families, ranking.pool.visitors) for name, families in MIXES.items()}
        for name, items in lists.items():
            found.setdefault(name, []).append(items)
        report(last / len(asked))
    return Answers(asked, {name: np.concatenate(items) for name, items in found.items()})


def _mixed(popularity: Popularity, families: tuple[str, ...], visitors: Visitors) -> Ints:
    scores = np.stack([popularity.mix(families, context) for context in visitors.contexts])
    return best_unread(scores, popularity.live, visitors, DEPTH).items
