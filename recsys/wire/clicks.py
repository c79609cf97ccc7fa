"""Clicks as they come in."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StrictInt, StrictStr

from recsys.data.settings import DatasetSettings
from recsys.domain import Context, ObservedClick
from recsys.times import parse
from recsys.wire.environment import Environment

CLICKS_AT_MOST = 500

Moment = Annotated[StrictStr, Field(json_schema_extra={"format": "date-time"})]


class WireClick(BaseModel):
    """One article read, and when (ISO 8601, UTC)."""

    model_config = ConfigDict(extra="forbid")

    article_id: Annotated[StrictInt, Field(ge=0, lt=2**63)]
    time: Moment


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
        context = Context() if self.env is None else Context(**self.env.codes(settings))
        return ObservedClick(self.id, self.user_id, self.article_id, parse(self.time), context, self.session_id)


class IncomingClicks(BaseModel):
    """Clicks, at most so many at a time."""

    model_config = ConfigDict(extra="forbid")

    clicks: Annotated[list[IncomingClick], Field(max_length=CLICKS_AT_MOST)]


class Taken(BaseModel):
    """How many of the clicks were new. All of them are kept."""

    new: int
