"""Options and checks that several commands share."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import TypeVar

import click

from recsys.core.entities import OVERRIDABLE, Request
from recsys.core.timestamps import parse_time
from recsys.engine.engine import Engine
from recsys.errors import InputError, RecsysError

FOLDER = click.Path(path_type=Path)

artifacts = click.option("--artifacts", required=True, type=FOLDER, help="A set of artifacts.")
as_of = click.option("--as-of", help="Answer as of this moment (default: the newest that the set knows).")
length = click.option("-k", default=10, show_default=True, type=click.IntRange(1, 100), help="How many articles.")
backend = click.option(
    "--engine", default="local", show_default=True, type=click.Choice(["local", "spark"]),
    help="Who does the work that grows with the log.",
)  # fmt: skip
master = click.option("--master", help="Spark's master, such as spark://host:7077 (default: this machine's cores).")
settings_file = click.option(
    "--settings", "settings_file", type=FOLDER, help="A TOML file of settings; see `recsys settings`."
)
skip_bad_rows = click.option("--skip-bad-rows", is_flag=True, help="Leave bad rows out and count them.")


_REQUEST = (
    click.option("--user-id", required=True, type=click.IntRange(min=0), help="The reader's id."),
    length,
    click.option("--device", help="Instead of the stored one: a code or a name."),
    click.option("--os", help="Instead of the stored one: a code or a name."),
    click.option("--country", help="Instead of the stored one: a code or a name."),
    as_of,
)
Command = TypeVar("Command", bound=Callable[..., None])


def request(command: Command) -> Command:
    """The options that ``request_of`` takes."""
    for option in reversed(_REQUEST):
        command = option(command)
    return command


def request_of(engine: Engine, user_id: int, k: int, as_of: str | None, overrides: Mapping[str, str | None]) -> Request:
    """The request that somebody has typed.

    Raises:
        InputError: a name or a time can't be read.
    """
    codes = {field: engine.dataset.code(field, text) for field in OVERRIDABLE if (text := overrides[field])}
    return Request(user_id=user_id, overrides=codes, as_of=None if as_of is None else parse_time(as_of), k=k)


def write_text(file: Path, text: str) -> None:
    """Write a file that was asked for, and its folder.

    Raises:
        RecsysError: it can't be written.
    """
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")
    except OSError as error:
        raise RecsysError(f"{file} can't be written: {error.strerror}.") from None


def require_training_libraries() -> None:
    """See that what training needs is installed.

    Raises:
        InputError: something is missing; the message says how to install it.
    """
    missing = [library for library in ("implicit", "pandera", "sklearn", "torch") if find_spec(library) is None]
    if missing:
        raise InputError(
            f"Training needs {', '.join(missing)}, which are not installed. Run `pip install -e '.[train]'`."
        )


def only_with_spark(engine: str, **options: object) -> None:
    """Refuse options that mean nothing without Spark.

    Raises:
        InputError: one of them is given.
    """
    for name, value in options.items():
        if engine != "spark" and value is not None:
            raise InputError(f"--{name} is only for --engine spark.")
