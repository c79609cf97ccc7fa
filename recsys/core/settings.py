"""The base of every settings object, and the types of its fields."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

Share = Annotated[float, Field(gt=0, le=1)]
"""A part of a whole, or a factor that damps."""


class Settings(BaseModel):
    """The numbers of one part: frozen, validated when made, with no field that the part does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


def describe(error: ValidationError) -> str:
    """The first thing that is wrong with settings, in a sentence that names it."""
    first = error.errors()[0]
    name = ".".join(str(part) for part in first["loc"])
    if first["type"] == "extra_forbidden":
        return f"unknown setting {name!r}."
    if first["type"] == "value_error":  # our own sentence, which names what it is about
        return first["msg"].removeprefix("Value error, ") + "."
    return f"{name}: {first['msg'][0].lower()}{first['msg'][1:]}."
