"""What differs from one dataset to the next: column names, labels of codes, how its times are to be read."""

from __future__ import annotations

import tomllib
from importlib.resources import files
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from recsys.core.entities import UNKNOWN
from recsys.core.numbers import whole_number
from recsys.errors import DataError, InputError

SETTINGS_FILE = "dataset.toml"


class Labels(BaseModel):
    """Names for the codes of one context field or of the sections."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    inferred: bool = False
    names: dict[int, str] = Field(default_factory=dict)

    def of(self, code: int) -> str | None:
        """The name of a code, or None where it has none."""
        return self.names.get(code)

    def code(self, label: str) -> int | None:
        """The code of a name, in any case, or None."""
        wanted = label.strip().casefold()
        return next((code for code, name in self.names.items() if name.casefold() == wanted), None)


class Columns(BaseModel):
    """What a log calls each of our columns. The last three may be missing from a log."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    user: str = "user_id"
    session: str = "session_id"
    article: str = "click_article_id"
    time: str = "click_timestamp"
    device: str = "click_deviceGroup"
    os: str = "click_os"
    country: str = "click_country"
    region: str = "click_region"
    environment: str = "click_environment"
    referrer: str = "click_referrer_type"

    def required(self) -> list[str]:
        """The names that every file must have."""
        return [self.user, self.session, self.article, self.time, self.device, self.os, self.country]

    def optional(self) -> list[str]:
        """The names that are filled with ``UNKNOWN`` where a file lacks them."""
        return [self.region, self.environment, self.referrer]


class DatasetSettings(BaseModel):
    """A dataset's ``dataset.toml``."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(pattern=r"^[A-Za-z0-9_.-]+$")
    title: str
    published_shift_hours: float = 0.0
    """Added to ``created_at_ts`` to get the moment at which readers could first open the article."""
    columns: Columns = Columns()
    labels: dict[str, Labels] = Field(default_factory=dict)

    def label(self, field: str, code: int) -> str:
        """A code in words: its name, or the field and the number ("country 10")."""
        return self.labels.get(field, Labels()).of(code) or f"{title(field)} {'unknown' if code == UNKNOWN else code}"

    def code(self, field: str, text: str) -> int:
        """The code that a user wrote as a number, or as a name in any case.

        Raises:
            InputError: it is neither; the message names what there is.
        """
        labels = self.labels.get(field, Labels())
        code = labels.code(text)
        if code is None:
            code = whole_number(text)
        if code is None:
            known = ", ".join(f"{name} ({number})" for number, name in labels.names.items()) or "codes only"
            raise InputError(f"Unknown {title(field)} {text!r}. Known: {known}.")
        return code

    def is_inferred(self, field: str) -> bool:
        """Whether the names of this field are guesses."""
        return self.labels.get(field, Labels()).inferred


def title(field: str) -> str:
    """A context field's name within a sentence."""
    return {"os": "OS"}.get(field, field)


def read_dataset_settings(folder: Path) -> DatasetSettings:
    """The settings of a data folder: its own ``dataset.toml``, or those of the published Globo log.

    Raises:
        DataError: the file is not TOML, or a setting is wrong.
    """
    own = folder / SETTINGS_FILE
    text = own.read_text("utf-8") if own.is_file() else bundled_settings("globo")
    try:
        return DatasetSettings.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise DataError(f"{own} is not valid TOML: {error}.") from None
    except (ValidationError, UnicodeDecodeError) as error:
        first = error.errors()[0] if isinstance(error, ValidationError) else {"loc": (), "msg": str(error)}
        where = ".".join(str(part) for part in first["loc"])
        raise DataError(f"{own}: {where}: {first['msg']}.") from None


def bundled_settings(name: str) -> str:
    """The text of a settings file that comes with the package."""
    return (files("recsys.data") / "datasets" / f"{name}.toml").read_text("utf-8")
