"""The question, in the shape of the seed's service and beyond."""

from __future__ import annotations

import json
import shlex
from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field, StrictBool, StrictInt, StrictStr, model_validator

from recsys.data.settings import DatasetSettings
from recsys.domain import UNKNOWN, Click, Recommendation, Request
from recsys.engine import LARGEST_K, Engine
from recsys.retrieval.registry import RETRIEVERS
from recsys.times import iso, parse
from recsys.wire.answer import Answer, ExplainedAnswer, UserProfile
from recsys.wire.clicks import Moment, WireClick
from recsys.wire.environment import Environment, ShownContext, is_country_code
from recsys.wire.explained import Explanation

PATH = "/api/reco"
HISTORY_AT_MOST = 1000

Algorithm = Annotated[StrictStr, Field(json_schema_extra={"enum": list(RETRIEVERS)})]


class Question(BaseModel):
    """Who asks, how many articles, in which context.

    ``user_id`` may be left out where a ``history`` is given; an empty one stands for a new visitor.
    """

    model_config = ConfigDict(extra="forbid")

    user_id: Annotated[StrictInt, Field(ge=0, lt=2**63)] | None = None
    k: Annotated[StrictInt, Field(ge=1, le=LARGEST_K)] = 10
    env: Environment | None = None
    as_of: Moment | None = None
    history: Annotated[list[WireClick], Field(max_length=HISTORY_AT_MOST)] | None = None
    without: list[Algorithm] | None = None
    explain: StrictBool = False

    @model_validator(mode="after")
    def _somebody(self) -> Self:
        if self.user_id is None and self.history is None:
            raise ValueError("user_id is required")
        return self

    @classmethod
    def of(cls, request: Request) -> Question:
        """The question that asks what a request asks."""
        is_new = request.user_id is None and request.history is None
        clicks = () if is_new else request.history
        return cls(
            user_id=request.user_id,
            k=request.k,
            env=Environment(**request.overrides) if request.overrides else None,
            as_of=None if request.as_of is None else iso(request.as_of),
            history=None if clicks is None else [WireClick(article_id=c.article_id, time=iso(c.time)) for c in clicks],
            without=sorted(request.without) or None,
        )

    def request(self, settings: DatasetSettings) -> Request:
        """The request for the engine.

        Raises:
            InputError: a label or a time is none; the message names the field.
        """
        history = None if self.history is None else tuple(Click(c.article_id, parse(c.time)) for c in self.history)
        return Request(
            user_id=self.user_id,
            history=history,
            overrides={} if self.env is None else self.env.codes(settings),
            as_of=None if self.as_of is None else parse(self.as_of),
            k=self.k,
            without=frozenset(self.without or ()),
        )

    def answer(self, engine: Engine, found: Recommendation) -> Answer:
        """The engine's answer to this question, as the client gets it."""
        stored = ShownContext.of(engine.settings, found.profile.stored)
        used = ShownContext.of(engine.settings, found.profile.used)
        country = None if self.env is None else self.env.country
        if found.profile.used.country == UNKNOWN and is_country_code(country):
            used.country = str(country).strip().upper()
        answer = Answer(
            recommendations=list(found.articles),
            ground_truth=found.ground_truth,
            user_profile=UserProfile(stored=stored, used=used, overrides_applied=stored != used),
        )
        return ExplainedAnswer(**dict(answer), explanation=Explanation.of(engine, found)) if self.explain else answer

    def to_json(self) -> str:
        """Only what is said, for people to read."""
        return json.dumps(self._said(), indent=2)

    def to_curl(self, origin: str) -> str:
        """The command that asks a server."""
        body = shlex.quote(json.dumps(self._said()))
        return f"curl -sS {shlex.quote(origin + PATH)} \\\n  -H 'Content-Type: application/json' \\\n  -d {body}"

    def _said(self) -> dict[str, Any]:
        return self.model_dump(exclude_none=True, exclude=None if self.explain else {"explain"})
