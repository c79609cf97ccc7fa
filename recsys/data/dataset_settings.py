"""What differs from one dataset to the next: column names, labels of codes, how its times are to be read."""

from __future__ import annotations

import codecs
import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, Field, PositiveFloat, ValidationError, field_validator

from recsys.core.entities import CONTEXT_FIELDS, UNKNOWN
from recsys.core.numbers import whole_number
from recsys.core.settings import Settings
from recsys.errors import DataError, InputError

SETTINGS_FILE = "dataset.toml"


class Labels(Settings):
    """Names for the codes of one context field or of the sections."""

    inferred: bool = False
    names: dict[int, str] = Field(default_factory=dict)

    def of(self, code: int) -> str | None:
        """The name of a code, or None where it has none."""
        return self.names.get(code)

    def code(self, label: str) -> int | None:
        """The code of a name, in any case, or None."""
        wanted = label.strip().casefold()
        return next((code for code, name in self.names.items() if name.casefold() == wanted), None)


class Columns(Settings):
    """What a log calls each of our columns; in files without a header, a column's number from 0.

    A log needs the article, the time, and the user or the session; what else it lacks is unknown.
    """

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
    user_agent: str = "user_agent"
    """What a browser says of itself: device and system follow from it where they have no column of their own."""
    session_start: str = "session_start"
    """When the session opened, which may be before its first click."""
    action: str = ""
    """What was done, where a log has more than clicks."""
    id: str = ""
    """What tells clicks apart, where they come in under the same names: see ``serve --events``."""

    @property
    def given(self) -> dict[str, str]:
        """The columns that are named, by role."""
        return {role: name for role in sorted(self.model_fields_set) if (name := getattr(self, role))}

    def in_file(self, header: Sequence[str]) -> dict[str, str]:
        """The columns that a file has, by role."""
        return {role: name for role, name in self.model_dump().items() if name and name in header}

    @property
    def are_numbers(self) -> bool:
        """Whether all that are named are named by their number, as in files without a header."""
        return bool(self.given) and all(name.isdecimal() for name in self.given.values())


class ArticleColumns(Settings):
    """What a log calls each column of its articles. All but the first may be missing."""

    article: str = "article_id"
    section: str = "category_id"
    published: str = "created_at_ts"
    words: str = "words_count"
    title: str = "title"
    teaser: str = "teaser"
    url: str = "url"
    picture: str = "picture"


class Files(Settings):
    """Which files a log consists of, and how their text is written. What is not set is found out."""

    clicks: tuple[str, ...] = ()
    """Patterns of the names of files with clicks."""
    articles: tuple[str, ...] = ()
    """Patterns of the names of files with articles."""
    encoding: str | None = None
    delimiter: str | None = None
    header: bool | None = None
    pattern: str | None = None
    """How a line is written where no delimiter cuts it: a regular expression (RE2), its named groups the columns."""

    @field_validator("pattern")
    @classmethod
    def _with_groups(cls, pattern: str | None) -> str | None:
        if pattern is not None:
            try:
                groups = re.compile(pattern).groupindex
            except re.error as error:
                raise ValueError(f"the pattern is no regular expression: {error}") from None
            if not groups:
                raise ValueError("the pattern names no column: write (?P<time>…) for each")
        return pattern

    @field_validator("encoding")
    @classmethod
    def _known(cls, encoding: str | None) -> str | None:
        if encoding is not None:
            try:
                codecs.lookup(encoding)
            except LookupError:
                raise ValueError(f"there is no encoding {encoding!r}") from None
        return encoding


class Times(Settings):
    """How times are written, where that can't be found out: a unit of numbers, or a format of text (``strftime``).

    Numbers that count from elsewhere than 1970 count from ``origin``.
    """

    unit: Literal["s", "ms", "us", "ns"] | None = None
    format: str | None = None
    origin: datetime | None = None


class Sessions(Settings):
    """What a session is where a log has none, and how those of a published log are filed."""

    gap_minutes: Annotated[float, Field(gt=0, le=100_000)] = 30.0
    """So long without a click ends it."""
    filed_from: AwareDatetime | None = None
    """From when on the protocol ``published`` counts hours; by default from the start of the first session."""


class Actions(Settings):
    """Which actions of a log are clicks, all where none is named, and how much each counts: 1 where not said."""

    keep: tuple[str, ...] = ()
    weights: dict[str, PositiveFloat] = Field(default_factory=dict)

    @property
    def kept(self) -> tuple[str, ...]:
        """Those that are clicks; nothing where all are."""
        return self.keep or tuple(self.weights)


LABELLED = (*CONTEXT_FIELDS, "section")
"""What can have names for its codes."""


class DatasetSettings(Settings):
    """A dataset's ``dataset.toml``."""

    name: str = Field(pattern=r"^[A-Za-z0-9_.-]+$")
    title: str
    published_shift_hours: Annotated[float, Field(ge=-100, le=100)] = 0.0
    """Added to ``created_at_ts`` to get the moment at which readers could first open the article."""
    layout: str | None = None
    """A layout known by name, whose settings these complete."""
    repeats: bool | None = None
    """Whether what a reader has opened may be listed again; where it is not set, by what readers do."""
    files: Files = Files()
    columns: Columns = Columns()
    times: Times = Times()
    sessions: Sessions = Sessions()
    actions: Actions = Actions()
    article_columns: ArticleColumns = ArticleColumns()
    labels: dict[str, Labels] = Field(default_factory=dict)

    @field_validator("labels")
    @classmethod
    def _labelled(cls, labels: dict[str, Labels]) -> dict[str, Labels]:
        for name in labels:
            if name not in LABELLED:
                raise ValueError(f"there is nothing called {name!r}; names can be given to {', '.join(LABELLED)}")
        return labels

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


def dataset_settings(given: Mapping[str, Any], name: str) -> DatasetSettings:
    """Settings, checked.

    Raises:
        DataError: a setting is wrong; ``name`` says where it stands.
    """
    try:
        return DatasetSettings.model_validate(given)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"] if part != "[key]")
        raise DataError(f"{name}: {where}: {first['msg']}.") from None
