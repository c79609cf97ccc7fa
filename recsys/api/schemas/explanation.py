"""How an answer came about: the stages of a ``Recommendation`` as JSON."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
from pydantic import BaseModel

from recsys.analysis.candidate_matrix import candidate_matrix
from recsys.core.timestamps import iso
from recsys.core.types import PAD, Ints
from recsys.engine.engine import Engine
from recsys.engine.recommendation import Recommendation
from recsys.ranking.features.registry import Feature

FACTS = 10
"""How many of the facts about an article are given, the weightiest first."""


PLAIN = ("rank", "section", "age_hours", "reranked", "moved_up", "opened_next")
"""The columns of a candidate that have the same name in the matrix."""


class Fact(BaseModel):
    """One thing that the reranker knew about an article, and what it added to the score."""

    name: str
    label: str
    value: float | None
    unit: str
    adds: float


class ExplainedArticle(BaseModel):
    """An article of the final list. ``ranks`` has its rank in the list of each algorithm that suggested it.

    After the articles that were reranked come those that the first stage dropped: without facts, and with
    scores that compare among themselves only.
    """

    article_id: int | str
    title: str
    section: str
    score: float
    ranks: dict[str, int]
    facts: list[Fact]


class Candidate(BaseModel):
    """An article of the pool, as the candidate matrix of the page Compare has it.

    ``score`` is the reranker's; an article that the first stage dropped has a ``first_stage_score`` instead.
    ``ranks`` and ``scores`` have its rank and score in each algorithm's list that it is in, those that are only
    compared included. ``moved_up`` is how far the final rank is ahead of the best rank in a list that suggests.
    """

    rank: int
    article_id: int | str
    title: str
    section: str
    age_hours: float
    reranked: bool
    score: float | None
    first_stage_score: float | None
    moved_up: int
    opened_next: bool
    ranks: dict[str, int]
    scores: dict[str, float]

    @classmethod
    def all_of(cls, engine: Engine, found: Recommendation) -> list[Candidate]:
        """Those of an answer, in the order of the final list."""
        names = list(found.ranking.pool.lists)
        return [
            cls(
                article_id=engine.names.article(row["article_id"]),
                title=row["article"],
                score=_known(row["score"]),
                first_stage_score=_known(row["first_stage_score"]),
                ranks={name: row[f"rank_{name}"] for name in names if not pd.isna(row[f"rank_{name}"])},
                scores={name: row[f"score_{name}"] for name in names if _known(row[f"score_{name}"]) is not None},
                **{name: row[name] for name in PLAIN},
            )
            for row in candidate_matrix(engine, found).to_dict("records")
        ]


class Explanation(BaseModel):
    """What every algorithm suggested (``proposed``), all ``candidates``, and why the final list is as it is.

    Among ``proposed`` are the lists of algorithms of which this set shows nothing, and which it only compares.

    The score of an article with facts is ``every_article``, what all have in common, plus what all facts add; the
    weightiest facts are given.
    """

    as_of: str
    history: int
    proposed: dict[str, list[int | str]]
    pool: int
    every_article: float
    articles: list[ExplainedArticle]
    candidates: list[Candidate]
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
            history=found.clicks,
            proposed={name: _ids(engine, one.first(found.request.k)[0]) for name, one in pool.lists.items()},
            pool=len(pool),
            every_article=float(added[0, -1]) if len(added) else 0.0,
            articles=[
                ExplainedArticle(
                    article_id=engine.names.article(article),
                    title=engine.title(int(pool.items[row])),
                    section=engine.section(int(pool.items[row])),
                    score=score,
                    ranks=pool.suggested_by(row),
                    facts=facts.get(row, []),
                )
                for row, article, score in zip(best.tolist(), found.articles, found.scores, strict=True)
            ],
            candidates=Candidate.all_of(engine, found),
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


def _known(value: float) -> float | None:
    return None if math.isnan(value) else value


def _ids(engine: Engine, items: Ints) -> list[int | str]:
    return [engine.names.article(one) for one in engine.articles.ids[items[items != PAD]].tolist()]
