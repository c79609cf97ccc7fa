"""The context on the wire: codes or labels in, codes and the country's label out."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import BaseModel, ConfigDict, StrictInt, StrictStr

from recsys.core.entities import OVERRIDABLE, UNKNOWN, Context
from recsys.data.dataset_settings import DatasetSettings
from recsys.errors import InputError

CodeOrLabel = StrictInt | StrictStr


class Environment(BaseModel):
    """Fields of the context that take the place of what is stored: codes or labels, in any case."""

    model_config = ConfigDict(extra="forbid")

    device: CodeOrLabel | None = None
    os: CodeOrLabel | None = None
    country: CodeOrLabel | None = None

    def codes(self, dataset: DatasetSettings) -> Mapping[str, int]:
        """The codes of the fields that are named.

        Raises:
            InputError: a label is unknown; the message names the field.
        """
        return {field: _code(dataset, field, value) for field, value in self.model_dump(exclude_none=True).items()}


class ShownContext(BaseModel):
    """A context: codes, and the country by its label where it has one."""

    device: int
    os: int
    country: int | str

    @classmethod
    def of(cls, dataset: DatasetSettings, context: Context) -> ShownContext:
        """A context of a dataset."""
        label = dataset.labels["country"].of(context.country) if "country" in dataset.labels else None
        return cls(device=context.device, os=context.os, country=label or context.country)


def _code(dataset: DatasetSettings, field: str, value: int | str) -> int:
    if isinstance(value, int):
        return value
    try:
        return dataset.code(field, value)
    except InputError:
        if field == "country" and is_country_code(value):
            return UNKNOWN  # the log has no reader from there: the rest of the context decides
        raise


def is_country_code(value: int | str | None) -> bool:
    """Whether a value is written like a country code (ISO 3166-1 alpha-2)."""
    text = value.strip() if isinstance(value, str) else ""
    return len(text) == 2 and text.isascii() and text.isalpha()


assert set(Environment.model_fields) == set(ShownContext.model_fields) == set(OVERRIDABLE)
