"""Visits that show what the reranker adds."""

from __future__ import annotations

import numpy as np

from recsys.domain import Request
from recsys.engine import Engine
from recsys.evaluation.answers import DEPTH, ENSEMBLE, Answers
from recsys.store import Visit

FIRST = 10
"""How far down a list somebody is taken to look."""
SEED = 7


def showcase(engine: Engine, holdout: Answers, most: int = 60) -> list[Visit]:
    """Visits whose first ten hold the next click while no retriever's first ten do.

    Measuring asks as of the full hour; here each promising visit is asked again as of its own moment, and kept only
    where it holds.
    """
    found: list[Visit] = []
    alone = [places for name, places in holdout.places.items() if name != ENSEMBLE]
    best_alone = np.min([np.where(places == 0, DEPTH + 1, places) for places in alone], axis=0)
    ensemble = holdout.places[ENSEMBLE]
    promising = np.flatnonzero((ensemble > 0) & (ensemble <= FIRST) & (best_alone > FIRST))
    promising = np.random.default_rng(SEED).permutation(promising)[: 3 * most]
    questions = holdout.questions.rows(promising[np.argsort(holdout.questions.times[promising])])
    for user, moment in zip(engine.user_ids[questions.users].tolist(), questions.times.tolist(), strict=True):
        if len(found) == most:
            break
        answer = engine.recommend(Request(user_id=user, as_of=moment, k=FIRST))
        target = answer.ground_truth
        lists = [engine.articles.ids[list_.items[0, :FIRST]] for list_ in answer.ranking.pool.candidates.values()]
        if target in answer.articles and not any(target in list_ for list_ in lists):
            found.append(Visit(user, moment))
    return found
