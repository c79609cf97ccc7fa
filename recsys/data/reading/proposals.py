"""What a log that nobody has described may be: which column is what, by names and by contents, and what is in doubt."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from recsys.data.dataset_settings import DatasetSettings
from recsys.data.reading.layouts import Layout, recognize
from recsys.data.reading.roles import (
    CLICK_NAMES,
    find_roles,
    find_roles_by_contents,
    find_roles_in_part,
    has_clicks,
)
from recsys.data.reading.source import SourceFile
from recsys.data.reading.tables import Beginning, beginning_of, sample_of
from recsys.errors import DataError

ABSENT = {"user": "none: a session stands for its reader", "session": "none: a pause ends it"}
"""What is done where a log has no such column."""
WORDS = {"user": "the reader", "session": "the session", "article": "the article", "time": "the time"}
NEEDED = {"a time": ("time",), "an article": ("article",), "a user or a session": ("user", "session")}
"""What a log needs, and the columns of which one will do."""


class Headers:
    """How files begin, each looked at once."""

    def __init__(self, settings: DatasetSettings) -> None:
        self.settings = settings.files
        self._found: dict[str, Beginning] = {}

    def of(self, file: SourceFile) -> list[str]:
        """The columns of a file; nothing where it can't be read."""
        return self._beginning(file).columns

    def layout_of(self, file: SourceFile) -> Layout | None:
        """The layout that a file has."""
        beginning = self._beginning(file)
        return recognize(file.name, beginning.columns, beginning.line)

    def _beginning(self, file: SourceFile) -> Beginning:
        if file.name not in self._found:
            self._found[file.name] = beginning_of(file, self.settings)
        return self._found[file.name]


@dataclass(frozen=True)
class Proposal:
    """A column for each role of a click, "" for one that does not matter; a reason for each, and what is in doubt."""

    columns: dict[str, str]
    why: dict[str, str]
    doubt: str = ""


def propose(path: Path, files: list[SourceFile], headers: Headers) -> Proposal:
    """What the columns of a log are that nobody has described.

    They are known by their names, else by a part of them, else by what is in them, which is no more than a guess.

    Raises:
        DataError: no file can be read.
    """
    for file in files:
        roles = find_roles(headers.of(file), CLICK_NAMES)
        if has_clicks(roles):
            return _proposal(roles, dict.fromkeys(roles, "by its name"))
    guesses = [_guess(path, file, headers) for file in files if headers.of(file)]
    if not guesses:
        raise DataError(f"{path}: {files[0].name} can't be read, or is empty.")
    return next((one for one in guesses if has_clicks(_named(one.columns))), guesses[0])


def lacking_of(roles: Mapping[str, str]) -> tuple[str, ...]:
    """What a log needs that no column is, in words."""
    return tuple(what for what, any_of in NEEDED.items() if not any(role in roles for role in any_of))


def nothing_found(path: Path, file: SourceFile, header: list[str], lacking: tuple[str, ...]) -> str:
    """What to say of a file that lacks something."""
    shown = ", ".join(map(repr, header[:12]))
    what = " nor ".join(lacking) or "clicks"
    return (
        f"{path}: no column of {file.name} looks like {what}. Its columns are {shown}. Name them under [columns] in a "
        "dataset.toml beside the log; in a file without a header, by their numbers from 0."
    )


def _guess(path: Path, file: SourceFile, headers: Headers) -> Proposal:
    header, sample = headers.of(file), sample_of(file, headers.settings)
    roles = find_roles(header, CLICK_NAMES)
    why = dict.fromkeys(roles, "by its name")
    unclear = False
    for role, likely in find_roles_in_part(sample, roles).items():
        free = [one for one in likely if one not in roles.values()]
        if free:
            roles[role], why[role] = free[0], "by a part of its name"
            unclear |= len(free) > 1
    guessed = roles if has_clicks(roles) else find_roles_by_contents(sample, roles)
    why |= dict.fromkeys(guessed.keys() - roles.keys(), "a guess, by what is in it")
    if not has_clicks(guessed):
        return _proposal(guessed, why, nothing_found(path, file, header, lacking_of(guessed)))
    return _proposal(guessed, why, _asked(path, guessed) if unclear or guessed != roles else "")


def _proposal(roles: Mapping[str, str], why: Mapping[str, str], doubt: str = "") -> Proposal:
    absent = [role for role in ("user", "session") if role not in roles]
    return Proposal({**roles, **dict.fromkeys(absent, "")}, {**why, **{role: ABSENT[role] for role in absent}}, doubt)


def _named(columns: Mapping[str, str]) -> dict[str, str]:
    return {role: name for role, name in columns.items() if name}


def _asked(path: Path, roles: Mapping[str, str]) -> str:
    told = ", ".join(f"{roles[role]!r} is {word}" for role, word in WORDS.items() if role in roles)
    return (
        f"{path}: what its columns are is a guess: {told}. If that is right, `recsys inspect {path} --write` writes it "
        "down, and training goes on; else name them under [columns] in a dataset.toml."
    )
