"""How an answer came about: the stages of a ``Recommendation`` as JSON."""

from __future__ import annotations

import math

import numpy as np
from pydantic import BaseModel

from recsys.core.timestamps import iso
from recsys.core.types import PAD, Ints
from recsys.engine.engine import Engine
from recsys.engine.recommendation import Recommendation
from recsys.ranking.features.registry import Feature

FACTS = 10
"""How many of the facts about an article are given, the weightiest first."""


class Fact(BaseModel):
    """One thing that the reranker knew about an article, and what it added to the score (an exact SHAP value)."""

    name: str
    label: str
    value: float | None
    unit: str
    adds: float


class ExplainedArticle(BaseModel):
    """An article of the final list. ``ranks`` has its rank in the list of each algorithm that suggested it.

    After the articles that the large forest ranked come those that the first stage dropped: without facts, and with
    scores that compare among themselves only.
    """

    article_id: int
    title: str
    section: str
    score: float
    ranks: dict[str, int]
    facts: list[Fact]


class Explanation(BaseModel):
    """What every algorithm suggested (``proposed``), and why the final list is as it is.

    The score of an article with facts is ``every_article``, what all have in common, plus what all facts add; the
    weightiest facts are given.
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
        best = ranking.order[: len(found.articles)]
        rows = ranking.reranked_order[: len(best)]
        values = ranking.features_of(rows)
        added = engine.reranker.contributions(values)
        facts = {
            row: _facts(ranking.columns, *both)
            for row, *both in zip(rows.tolist(), values.tolist(), added[:, :-1], strict=True)
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
                    ranks=pool.suggested_by(row),
                    facts=facts.get(row, []),
                )
                for row, article, score in zip(best.tolist(), found.articles, found.scores, strict=True)
            ],
            timings_ms=dict(found.timings_ms),
        )


def _facts(columns: tuple[Feature, ...], values: list[float], adds: np.ndarray) -> list[Fact]:
    return [
        Fact(
            name=columns[at].name,
            label=columns[at].label,
            value=None if math.isnan(values[at]) else values[at],
            unit=columns[at].unit,
            adds=float(adds[at]),
        )
        for at in np.argsort(-np.abs(adds), kind="stable")[:FACTS].tolist()
    ]


def _ids(engine: Engine, items: Ints) -> list[int]:
    found: list[int] = engine.articles.ids[items[items != PAD]].tolist()
    return found
