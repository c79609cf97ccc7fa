"""Clicks as they come in."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StrictInt, StrictStr

from recsys.api.schemas.environment import Environment
from recsys.core.entities import Context, ObservedClick
from recsys.core.timestamps import parse_time
from recsys.data.dataset_settings import DatasetSettings
from recsys.data.names import NUMBERS, Names

CLICKS_AT_MOST = 500

Id = StrictInt | Annotated[StrictStr, Field(min_length=1, max_length=1000)]
"""An id as the set's log has it: a whole number from 0 on, or a name."""
Moment = Annotated[StrictStr, Field(json_schema_extra={"format": "date-time"})]


class ReadArticle(BaseModel):
    """One article read, and when (ISO 8601, UTC)."""

    model_config = ConfigDict(extra="forbid")

    article_id: Id
    time: Moment


class IncomingClick(ReadArticle):
    """A click as it comes in. Two with the same ``id`` count once."""

    id: Annotated[StrictStr, Field(min_length=1, max_length=100)]
    user_id: Id
    session_id: Annotated[StrictInt, Field(ge=0, lt=2**63)] | None = None
    env: Environment | None = None

    def click(self, dataset: DatasetSettings, names: Names = NUMBERS) -> ObservedClick:
        """The click for the engine, its ids as numbers.

        Raises:
            InputError: an id, a label or the time is invalid; the message names the field.
        """
        context = Context() if self.env is None else Context(**self.env.codes(dataset))
        user, article = names.user_number(self.user_id), names.article_number(self.article_id)
        return ObservedClick(self.id, user, article, parse_time(self.time), context, self.session_id)


class IncomingClicks(BaseModel):
    """Clicks, at most 500 at a time."""

    model_config = ConfigDict(extra="forbid")

    clicks: Annotated[list[IncomingClick], Field(max_length=CLICKS_AT_MOST)]


class ClicksAccepted(BaseModel):
    """How many of the clicks were new. All of them are stored."""

    new: int
