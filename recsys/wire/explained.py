"""How an answer came about: the whole ``Recommendation`` on the wire."""

from __future__ import annotations

import math

import numpy as np
from pydantic import BaseModel

from recsys.domain import NOTHING, Ints, Recommendation
from recsys.engine import Engine
from recsys.ranking.features import FEATURES
from recsys.ranking.pool import NOT_LISTED
from recsys.times import iso

FACTS = 10
"""How many of the facts on an article are told, the weightiest first."""


class Fact(BaseModel):
    """One thing that the reranker knew of an article, and what it added to the score (an exact SHAP value)."""

    name: str
    label: str
    value: float | None
    unit: str
    adds: float


class ExplainedArticle(BaseModel):
    """An article of the final list. ``ranks`` has its rank in the list of each algorithm that proposed it.

    After the articles that the large forest weighed come those that the small one sorted out: without facts, and with
    a score that is to be compared among them alone.
    """

    article_id: int
    title: str
    section: str
    score: float
    ranks: dict[str, int]
    facts: list[Fact]


class Explanation(BaseModel):
    """What every algorithm proposed, and why the final list is as it is.

    The score of an article with facts is ``every_article``, what all have in common, and what all facts add; told are
    the weightiest.
    """

    as_of: str
    history: int
    proposed: dict[str, list[int]]
    pool: int
    every_article: float
    articles: list[ExplainedArticle]
    timings_ms: dict[str, float]

    @classmethod
    def of(cls, engine: Engine, found: Recommendation) -> Explanation:
        """The explanation of an engine's answer."""
        ranking, pool = found.ranking, found.ranking.pool
        assert engine.reranker is not None
        best = ranking.order[: len(found.articles)]
        weighed = ranking.order_weighed[: len(best)]
        values = ranking.features_of(weighed)
        added = engine.reranker.contributions(values)
        facts = {
            row: _facts(ranking.feature_names, *both)
            for row, *both in zip(weighed.tolist(), values.tolist(), added[:, :-1], strict=True)
        }
        return cls(
            as_of=iso(found.as_of),
            history=len(found.history),
            proposed={name: _ids(engine, one.first(found.request.k)[0]) for name, one in pool.candidates.items()},
            pool=len(pool),
            every_article=float(added[0, -1]) if len(added) else 0.0,
            articles=[
                ExplainedArticle(
                    article_id=article,
                    title=engine.title(int(pool.items[row])),
                    section=engine.section(int(pool.items[row])),
                    score=score,
                    ranks={
                        name: rank
                        for name, rank in zip(pool.candidates, pool.ranks[row].tolist(), strict=True)
                        if rank != NOT_LISTED
                    },
                    facts=facts.get(row, []),
                )
                for row, article, score in zip(best.tolist(), found.articles, found.scores, strict=True)
            ],
            timings_ms=dict(found.timings_ms),
        )


def _facts(names: tuple[str, ...], values: list[float], adds: np.ndarray) -> list[Fact]:
    known = [FEATURES[name] for name in names]
    return [
        Fact(
            name=names[column],
            label=known[column].label,
            value=None if math.isnan(values[column]) else values[column],
            unit=known[column].unit,
            adds=float(adds[column]),
        )
        for column in np.argsort(-np.abs(adds), kind="stable")[:FACTS].tolist()
    ]


def _ids(engine: Engine, items: Ints) -> list[int]:
    found: list[int] = engine.articles.ids[items[items != NOTHING]].tolist()
    return found
