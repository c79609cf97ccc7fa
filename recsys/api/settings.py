"""How the server guards itself, from the environment."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from limits import RateLimitItem, parse

from recsys.core.policy import Policy
from recsys.errors import InputError
from recsys.policy.files import read_policies

TOKEN, RATE, ORIGINS, AT_ONCE = "RECSYS_TOKEN", "RECSYS_RATE", "RECSYS_CORS", "RECSYS_AT_ONCE"
MOMENTS, POLICY = "RECSYS_MOMENTS", "RECSYS_POLICY"
DEFAULT_RATE, DEFAULT_MOMENTS = "200/second", "120/minute"


@dataclass(frozen=True)
class ServerSettings:
    """What a server lets in.

    Attributes:
        token: what a client must send as ``Authorization: Bearer …``; None for no token.
        rate: how many requests a client may send in how long.
        origins: the origins of web pages whose scripts may call the API.
        at_once: how many requests may be in progress or waiting; beyond that a client gets 429.
        moments: how often a client may ask as of a moment that has to be made first.
        policies: those that requests can name; the first is in force where they name none.
    """

    token: str | None = None
    rate: RateLimitItem = field(default_factory=lambda: parse(DEFAULT_RATE))
    origins: tuple[str, ...] = ()
    at_once: int = 64
    moments: RateLimitItem = field(default_factory=lambda: parse(DEFAULT_MOMENTS))
    policies: tuple[Policy, ...] = ()

    @property
    def at_once_each(self) -> int:
        """How many of them may be of one client, so that no client takes the places of all."""
        return -(-self.at_once // 2)

    @classmethod
    def of(cls, environment: Mapping[str, str] = os.environ) -> ServerSettings:
        """What the variables say.

        Raises:
            InputError: one of them can't be read; the message names it.
        """
        at_once = environment.get(AT_ONCE, "")
        if at_once and not (at_once.isdigit() and int(at_once)):
            raise InputError(f"{AT_ONCE} is {at_once!r}; it must be a whole number of at least 1.")
        return cls(
            token=environment.get(TOKEN) or None,
            rate=_rate(environment, RATE, DEFAULT_RATE),
            origins=tuple(origin.strip() for origin in environment.get(ORIGINS, "").split(",") if origin.strip()),
            at_once=int(at_once) if at_once else cls.at_once,
            moments=_rate(environment, MOMENTS, DEFAULT_MOMENTS),
            policies=tuple(read_policies(Path(environment[POLICY]))) if environment.get(POLICY) else (),
        )


def _rate(environment: Mapping[str, str], name: str, otherwise: str) -> RateLimitItem:
    given = environment.get(name, "")
    try:
        return parse(given or otherwise)
    except ValueError:
        raise InputError(f"{name} is {given!r}; it must be like 200/second or 5000/hour.") from None
