"""Single visits of the replay hours, and where each system put what was opened next: whom to look at."""

from __future__ import annotations

import numpy as np

from recsys.domain import Request
from recsys.engine import Engine
from recsys.evaluation.requests import Questions
from recsys.retrieval.base import Report
from recsys.store import Visit

SEED = 7


def look_at(engine: Engine, questions: Questions, most: int, report: Report) -> list[Visit]:
    """Up to ``most`` visits drawn at random, each asked for as of its own moment, in the order of their times.

    Measuring asks as of the full hour; these are what a page shows when it is opened at the same moment.
    """
    chosen = np.random.default_rng(SEED).permutation(len(questions))[:most]
    drawn = questions.rows(chosen[np.argsort(questions.times[chosen], kind="stable")])
    found = []
    for user, moment in zip(engine.user_ids[drawn.users].tolist(), drawn.times.tolist(), strict=True):
        answer = engine.recommend(Request(user_id=user, as_of=moment))
        if answer.ground_truth is not None:
            found.append(Visit(user, moment, answer.places_of(answer.ground_truth)))
        report(len(found) / len(drawn))
    return found
