"""The base of every settings object, and the types of its fields."""

from __future__ import annotations

from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

Share = Annotated[float, Field(gt=0, le=1)]
"""A part of a whole, or a factor that damps."""


class _Paced:
    """Marks a length of time that follows the pace of a log."""


PACED = _Paced()
PacedHours = Annotated[float, Field(gt=0), PACED]
"""Hours on a log whose readers move on as fast as those of the real log; on another one a multiple of them."""
WholePacedHours = Annotated[int, Field(gt=0), PACED]
EachPacedHours = Annotated[tuple[float, ...], PACED]


class Settings(BaseModel):
    """The numbers of one part: frozen, validated when made, with no field that the part does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


Kind = TypeVar("Kind", bound=Settings)


def at_pace(settings: Kind, factor: float) -> Kind:
    """The settings with every length of time that follows the pace of a log, multiplied."""
    changed: dict[str, Any] = {}
    for name, field in type(settings).model_fields.items():
        value = getattr(settings, name)
        if any(isinstance(one, _Paced) for one in field.metadata):
            changed[name] = _multiplied(value, factor)
        elif isinstance(value, Settings):
            changed[name] = at_pace(value, factor)
        elif isinstance(value, dict):
            parts = {key: at_pace(one, factor) for key, one in value.items() if isinstance(one, Settings)}
            changed[name] = {**value, **parts}
    return settings.model_copy(update=changed)


def _multiplied(value: Any, factor: float) -> Any:
    if isinstance(value, tuple):
        return tuple(one * factor for one in value)
    return round(value * factor) if isinstance(value, int) else value * factor


def describe(error: ValidationError) -> str:
    """The first thing that is wrong with settings, in a sentence that names it."""
    first = error.errors()[0]
    name = ".".join(str(part) for part in first["loc"])
    if first["type"] == "extra_forbidden":
        return f"unknown setting {name!r}."
    if first["type"] == "value_error":  # our own sentence, which names what it is about
        return first["msg"].removeprefix("Value error, ") + "."
    return f"{name}: {first['msg'][0].lower()}{first['msg'][1:]}."
