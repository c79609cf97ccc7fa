"""A request for recommendations as JSON."""

from __future__ import annotations

import json
import shlex
from collections.abc import Mapping
from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field, StrictBool, StrictInt, StrictStr, model_validator

from recsys.api.schemas.answer import Answer, ExplainedAnswer
from recsys.api.schemas.clicks import Id, Moment, ReadArticle
from recsys.api.schemas.environment import Environment, ShownContext, is_country_code
from recsys.api.schemas.explanation import Explanation
from recsys.api.schemas.policy import PolicyRules, WantedPolicy, chosen
from recsys.core.entities import UNKNOWN, Click, Request
from recsys.core.policy import NO_POLICY, Policy
from recsys.core.timestamps import iso, parse_time
from recsys.data.dataset_settings import DatasetSettings
from recsys.data.names import NUMBERS, Names
from recsys.engine.engine import LARGEST_K, Engine
from recsys.engine.recommendation import Recommendation
from recsys.retrieval.registry import RETRIEVERS

PATH = "/api/reco"
HISTORY_AT_MOST = 1000

Algorithm = Annotated[StrictStr, Field(json_schema_extra={"enum": list(RETRIEVERS)})]


class RecommendationRequest(BaseModel):
    """Who the reader is, how many articles they want, in which context.

    ``user_id`` may be left out where a ``history`` is given; an empty one stands for a new reader.
    """

    model_config = ConfigDict(extra="forbid")

    user_id: Id | None = None
    k: Annotated[StrictInt, Field(ge=1, le=LARGEST_K)] = 10
    env: Environment | None = None
    as_of: Moment | None = None
    history: Annotated[list[ReadArticle], Field(max_length=HISTORY_AT_MOST)] | None = None
    without: list[Algorithm] | None = None
    policy: WantedPolicy | None = None
    explain: StrictBool = False

    @model_validator(mode="after")
    def _somebody(self) -> Self:
        if self.user_id is None and self.history is None:
            raise ValueError("user_id is required")
        return self

    @classmethod
    def of(cls, request: Request, names: Names = NUMBERS) -> RecommendationRequest:
        """The same as an engine's request, with ids as the log has them."""
        is_new = request.user_id is None and request.history is None
        clicks = () if is_new else request.history
        return cls(
            user_id=None if request.user_id is None else names.user(request.user_id),
            k=request.k,
            env=Environment(**request.overrides) if request.overrides else None,
            as_of=None if request.as_of is None else iso(request.as_of),
            history=None
            if clicks is None
            else [ReadArticle(article_id=names.article(c.article_id), time=iso(c.time)) for c in clicks],
            without=sorted(request.without) or None,
            policy=PolicyRules.of(request.policy) if request.policy.rules else None,
        )

    def request(
        self,
        dataset: DatasetSettings,
        names: Names = NUMBERS,
        policies: Mapping[str, Policy] = {},
        policy: Policy = NO_POLICY,
    ) -> Request:
        """The request for the engine, its ids as numbers; ``policy`` is in force where it names none of ``policies``.

        Raises:
            InputError: an id, a label, a time or a policy's name is invalid; the message names the field.
        """
        read = self.history or ()
        history = tuple(Click(names.article_number(one.article_id), parse_time(one.time)) for one in read)
        return Request(
            user_id=None if self.user_id is None else names.user_number(self.user_id),
            history=None if self.history is None else history,
            overrides={} if self.env is None else self.env.codes(dataset),
            as_of=None if self.as_of is None else parse_time(self.as_of),
            k=self.k,
            without=frozenset(self.without or ()),
            policy=chosen(self.policy, policies, policy),
            beside=bool(self.explain),
        )

    def answer(self, engine: Engine, found: Recommendation) -> Answer:
        """The engine's answer to this request, as the client gets it."""
        stored = ShownContext.of(engine.dataset, found.profile.stored)
        used = ShownContext.of(engine.dataset, found.profile.used)
        country = None if self.env is None else self.env.country
        if found.profile.used.country == UNKNOWN and is_country_code(country):
            used.country = str(country).strip().upper()
        answer = Answer.of(found, stored, used, engine.names)
        return ExplainedAnswer(**dict(answer), explanation=Explanation.of(engine, found)) if self.explain else answer

    def to_json(self) -> str:
        """Only the fields that are set, for people to read."""
        return json.dumps(self._given(), indent=2)

    def to_curl(self, origin: str) -> str:
        """The command that sends the request to a server."""
        body = shlex.quote(json.dumps(self._given()))
        return f"curl -sS {shlex.quote(origin + PATH)} \\\n  -H 'Content-Type: application/json' \\\n  -d {body}"

    def _given(self) -> dict[str, Any]:
        return self.model_dump(exclude_none=True, exclude=None if self.explain else {"explain"})
