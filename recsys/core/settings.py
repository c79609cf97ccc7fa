"""The base of every settings object, and the types of its fields."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

Share = Annotated[float, Field(gt=0, le=1)]
"""A part of a whole, or a factor that damps."""


class Settings(BaseModel):
    """The numbers of one part: frozen, validated when made, with no field that the part does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)
