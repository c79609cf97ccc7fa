"""The request and the answer as JSON: what ``POST /api/reco`` takes and gives."""

from __future__ import annotations

import json
import shlex
from collections.abc import Mapping
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, StrictInt, StrictStr, model_validator

from recsys.data.settings import DatasetSettings
from recsys.domain import OVERRIDABLE, UNKNOWN, Click, Context, ObservedClick, Recommendation, Request
from recsys.engine import LARGEST_K
from recsys.errors import InputError
from recsys.times import iso, parse

PATH = "/api/reco"
SERVED = "RECSYS_API"
"""The variable of the environment that says whether this process answers there."""
HISTORY_AT_MOST = 1000

CLICKS_AT_MOST = 1000

CodeOrLabel = StrictInt | StrictStr


class Environment(BaseModel):
    """Fields of the context that take the place of what is stored: codes or labels, in any case."""

    model_config = ConfigDict(extra="forbid")

    device: CodeOrLabel | None = None
    os: CodeOrLabel | None = None
    country: CodeOrLabel | None = None


class WireClick(BaseModel):
    """One article read, and when (ISO 8601, UTC)."""

    model_config = ConfigDict(extra="forbid")

    article_id: Annotated[StrictInt, Field(ge=0, lt=2**63)]
    time: StrictStr


class Question(BaseModel):
    """Who asks, how many articles, in which context.

    ``user_id`` may be left out where a ``history`` is given; an empty one stands for a new visitor.
    """

    model_config = ConfigDict(extra="forbid")

    user_id: StrictInt | None = None
    k: Annotated[StrictInt, Field(ge=1, le=LARGEST_K)] = 10
    env: Environment | None = None
    as_of: StrictStr | None = None
    history: Annotated[list[WireClick], Field(max_length=HISTORY_AT_MOST)] | None = None
    without: list[StrictStr] | None = None

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
            overrides={field: _code(settings, field, value) for field, value in self._named().items()},
            as_of=None if self.as_of is None else parse(self.as_of),
            k=self.k,
            without=frozenset(self.without or ()),
        )

    def answer(self, settings: DatasetSettings, found: Recommendation) -> Answer:
        """The engine's answer to this question, as the client gets it."""
        stored = _shown(settings, found.profile.stored)
        used = _shown(settings, found.profile.used)
        country = self._named().get("country")
        if found.profile.used.country == UNKNOWN and _is_country_code(country):
            used.country = str(country).strip().upper()
        return Answer(
            recommendations=list(found.articles),
            ground_truth=found.ground_truth,
            user_profile=UserProfile(stored=stored, used=used, overrides_applied=stored != used),
        )

    def to_json(self) -> str:
        """Only what is said, for people to read."""
        return json.dumps(self.model_dump(exclude_none=True), indent=2)

    def to_curl(self, origin: str) -> str:
        """The command that asks a server."""
        body = shlex.quote(json.dumps(self.model_dump(exclude_none=True)))
        return f"curl -sS {shlex.quote(origin + PATH)} \\\n  -H 'Content-Type: application/json' \\\n  -d {body}"

    def _named(self) -> Mapping[str, int | str]:
        return {} if self.env is None else self.env.model_dump(exclude_none=True)


class IncomingClick(WireClick):
    """A click as it comes in. Two with one ``id`` count once."""

    id: Annotated[StrictStr, Field(min_length=1, max_length=100)]
    user_id: StrictInt
    session_id: Annotated[StrictInt, Field(ge=0, lt=2**63)] | None = None
    env: Environment | None = None

    def click(self, settings: DatasetSettings) -> ObservedClick:
        """The click for the engine.

        Raises:
            InputError: a label or the time is none; the message names the field.
        """
        named = {} if self.env is None else self.env.model_dump(exclude_none=True)
        context = Context(**{field: _code(settings, field, value) for field, value in named.items()})
        return ObservedClick(self.id, self.user_id, self.article_id, parse(self.time), context, self.session_id)


class IncomingClicks(BaseModel):
    """Clicks, at most so many at a time."""

    model_config = ConfigDict(extra="forbid")

    clicks: Annotated[list[IncomingClick], Field(max_length=CLICKS_AT_MOST)]


class Taken(BaseModel):
    """How many of the clicks were new. All of them are kept."""

    new: int


class ShownContext(BaseModel):
    """A context as the seed's service showed it: codes, and the country by its label where it has one."""

    device: int
    os: int
    country: int | str


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


def _shown(settings: DatasetSettings, context: Context) -> ShownContext:
    label = settings.labels["country"].of(context.country) if "country" in settings.labels else None
    return ShownContext(device=context.device, os=context.os, country=label or context.country)


def _code(settings: DatasetSettings, field: str, value: int | str) -> int:
    if isinstance(value, int):
        return value
    try:
        return settings.code(field, value)
    except InputError:
        if field == "country" and _is_country_code(value):
            return UNKNOWN  # the log has no visitor from there: the rest of the context decides
        raise


def _is_country_code(value: int | str | None) -> bool:
    """Whether it is written like one (ISO 3166-1 alpha-2)."""
    text = value.strip() if isinstance(value, str) else ""
    return len(text) == 2 and text.isascii() and text.isalpha()


assert set(Environment.model_fields) == set(ShownContext.model_fields) == set(OVERRIDABLE)
