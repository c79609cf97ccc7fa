"""The answer, in the shape of the seed's service."""

from __future__ import annotations

from pydantic import BaseModel

from recsys.wire.environment import ShownContext
from recsys.wire.explained import Explanation


class UserProfile(BaseModel):
    """The visitor's context as stored, and as used for the answer."""

    stored: ShownContext
    used: ShownContext
    overrides_applied: bool


class Answer(BaseModel):
    """Article ids, best first; what the visitor really opened next, where known; the context."""

    recommendations: list[int]
    ground_truth: int | None
    user_profile: UserProfile


class ExplainedAnswer(Answer):
    """The same, and how it came about."""

    explanation: Explanation
