"""One request as people type it: for the commands that answer one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeVar

import click

from recsys.cli import options
from recsys.core.entities import OVERRIDABLE, Request
from recsys.core.timestamps import parse_time
from recsys.engine.engine import Engine
from recsys.errors import InputError

_REQUEST = (
    click.option("--user-id", required=True, help="The reader's id."),
    options.length,
    click.option("--device", help="Instead of the stored one: a code or a name."),
    click.option("--os", help="Instead of the stored one: a code or a name."),
    click.option("--country", help="Instead of the stored one: a code or a name."),
    options.as_of,
    options.policy,
)
Command = TypeVar("Command", bound=Callable[..., None])


def options_of_request(command: Command) -> Command:
    """The options that ``request_of`` reads."""
    for option in reversed(_REQUEST):
        command = option(command)
    return command


def request_of(
    engine: Engine,
    user_id: str,
    k: int,
    as_of: str | None,
    policy_file: Path | None,
    overrides: Mapping[str, str | None],
) -> Request:
    """The request that somebody has typed.

    Raises:
        InputError: an id, a name, a time or the policy can't be read.
    """
    user = engine.names.typed_user(user_id)
    if user is None:
        raise InputError(f"{user_id!r} is not a reader id: this set's ids are whole numbers.")
    codes = {field: engine.dataset.code(field, text) for field in OVERRIDABLE if (text := overrides[field])}
    moment, policy = None if as_of is None else parse_time(as_of), options.the_policy(policy_file)
    return Request(user_id=user, overrides=codes, as_of=moment, k=k, policy=policy)
