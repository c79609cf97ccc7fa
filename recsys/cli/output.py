"""An answer as the commands print it."""

from __future__ import annotations

from typing import Any

from recsys.api.schemas.answer import Answer
from recsys.api.schemas.environment import ShownContext
from recsys.core.timestamps import iso
from recsys.data.names import Id
from recsys.engine.engine import Engine
from recsys.engine.recommendation import Recommendation
from recsys.policy.base import rules_of


def recommendation_text(engine: Engine, answer: Recommendation) -> str:
    """A list as text: rank, article, section, and who suggested it at which rank."""
    pool = answer.ranking.pool
    lines = [f"At {iso(answer.as_of)}, for reader {_reader(engine, answer)}:"]
    for rank, row in enumerate(answer.ranking.order[: len(answer.articles)].tolist(), start=1):
        item = int(pool.items[row])
        lists = ", ".join(f"{name} {theirs}" for name, theirs in pool.suggested_by(row).items())
        hit = "  ← opened next" if answer.articles[rank - 1] == answer.ground_truth else ""
        lines.append(f"{rank:3}. {engine.title(item)}  [{engine.section(item)}]  {lists}{hit}")
    if answer.outcome is not None:
        lines.append(f"Under the policy {answer.request.policy.name or 'without a name'}:")
        lines += [f"  {rule.sentence()}" for rule in rules_of(answer.request.policy)]
        lines += [f"  {note}" for note in answer.outcome.notes]
    return "\n".join(lines)


def answer_as_json(engine: Engine, answer: Recommendation) -> dict[str, Any]:
    """An answer for scripts: as the REST API has it, with the moment, the scores, and codes alone for the context."""
    stored, used = (
        ShownContext(device=one.device, os=one.os, country=one.country)
        for one in (answer.profile.stored, answer.profile.used)
    )
    content = Answer.of(answer, stored, used, engine.names).model_dump()
    first = {"as_of": iso(answer.as_of), "recommendations": content.pop("recommendations")}
    return {**first, "scores": list(answer.scores), **content}


def _reader(engine: Engine, answer: Recommendation) -> Id:
    user = answer.request.user_id
    return "none" if user is None else engine.names.user(user)
