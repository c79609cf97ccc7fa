"""An answer as JSON."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, SerializerFunctionWrapHandler, model_serializer

from recsys.api.schemas.environment import ShownContext
from recsys.api.schemas.explanation import Explanation
from recsys.api.schemas.policy import AppliedPolicy
from recsys.data.names import NUMBERS, Names
from recsys.engine.recommendation import Recommendation


class UserProfile(BaseModel):
    """The reader's context as stored, and as used for the answer."""

    stored: ShownContext
    used: ShownContext
    overrides_applied: bool


class Answer(BaseModel):
    """Article ids, best first; what the reader really opened next, where known; the context."""

    recommendations: list[int | str]
    ground_truth: int | str | None
    user_profile: UserProfile
    policy: AppliedPolicy | None = None
    """Only where the answer follows one."""

    @model_serializer(mode="wrap")
    def _without_an_empty_policy(self, written: SerializerFunctionWrapHandler) -> dict[str, Any]:
        content: dict[str, Any] = written(self)
        if self.policy is None:
            content.pop("policy", None)
        return content

    @classmethod
    def of(cls, found: Recommendation, stored: ShownContext, used: ShownContext, names: Names = NUMBERS) -> Answer:
        """An engine's answer, with ids as the log has them and the context as it is to be shown."""
        return Answer(
            recommendations=[names.article(one) for one in found.articles],
            ground_truth=None if found.ground_truth is None else names.article(found.ground_truth),
            user_profile=UserProfile(stored=stored, used=used, overrides_applied=stored != used),
            policy=AppliedPolicy.of(found),
        )


class ExplainedAnswer(Answer):
    """The same, and how it came about."""

    explanation: Explanation
