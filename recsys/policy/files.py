"""Policies as TOML files, and as the tables of requests."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import tomlkit
from pydantic import ValidationError

from recsys.core.policy import Policy
from recsys.core.settings import describe
from recsys.errors import InputError
from recsys.policy import rules as _rules  # noqa: F401 (they register themselves)
from recsys.policy.base import RULES, PolicyRule, as_table, rules_of

LONGEST = 4_000
"""So much of a policy in an address is read."""


def policy_of(table: Mapping[str, Any], where: str) -> Policy:
    """A policy from its table: ``name``, and ``rules``, each with its key under ``rule``.

    Raises:
        InputError: something in it is wrong; ``where`` says of which policy the sentence is.
    """
    unknown = sorted(set(table) - {"name", "rules"})
    if unknown:
        raise InputError(f"{where}: unknown setting {unknown[0]!r}. A policy has a name and rules.")
    given = table.get("rules", [])
    if not isinstance(given, Sequence) or isinstance(given, str):
        raise InputError(f"{where}: rules is not a list.")
    made = tuple(_rule(one, f"{where}, rule {number}") for number, one in enumerate(given, start=1))
    try:
        return Policy(name=table.get("name", ""), rules=made)
    except ValidationError as error:
        raise InputError(f"{where}: {describe(error)}") from None


def _rule(table: Any, where: str) -> PolicyRule:
    if not isinstance(table, Mapping):
        raise InputError(f"{where} is not a table.")
    kind = RULES.get(str(table.get("rule")))
    if kind is None:
        raise InputError(f"{where}: unknown rule {table.get('rule')!r}. Known: {', '.join(sorted(RULES))}.")
    try:
        return kind.model_validate({name: value for name, value in table.items() if name != "rule"})
    except ValidationError as error:
        raise InputError(f"{where} ({kind.key}): {describe(error)}") from None


def as_policy_table(policy: Policy) -> dict[str, Any]:
    """A policy as ``policy_of`` reads it."""
    return {"name": policy.name, "rules": [as_table(one) for one in rules_of(policy)]}


def as_toml(policies: Sequence[Policy]) -> str:
    """Policies as a file: one by itself, several as tables of ``policies``."""
    tables = [as_policy_table(one) for one in policies]
    return tomlkit.dumps(tables[0] if len(tables) == 1 else {"policies": tables})


def as_json(policy: Policy) -> str:
    """A policy in as few letters as can be, for an address: numbers that are as usual are left out."""
    rules = [{"rule": one.key, **one.model_dump(mode="json", exclude_defaults=True)} for one in rules_of(policy)]
    return json.dumps({"name": policy.name, "rules": rules}, separators=(",", ":"), ensure_ascii=False)


def policy_from_json(text: str, where: str) -> Policy:
    """The same back again. Errors as in ``policy_of``."""
    try:
        table = json.loads(text[:LONGEST])
    except ValueError:
        raise InputError(f"{where} can't be read.") from None
    if not isinstance(table, dict):
        raise InputError(f"{where} can't be read.")
    return policy_of(table, where)


@cache
def standard() -> tuple[Policy, ...]:
    """Policies to try."""
    return tuple(_policies(tomllib.loads((files(__package__) / "standard.toml").read_text("utf-8")), "standard.toml"))


def read_policies(file: Path) -> list[Policy]:
    """The policies of a file.

    Raises:
        InputError: it is not there, is not TOML, or something in it is wrong.
    """
    try:
        given = tomllib.loads(file.read_text("utf-8"))
    except OSError as error:
        raise InputError(f"{file} can't be read: {error.strerror}.") from None
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise InputError(f"{file} is not TOML: {error}.") from None
    return _policies(given, str(file))


def _policies(given: Mapping[str, Any], where: str) -> list[Policy]:
    several = given.get("policies")
    if several is None:
        return [policy_of(given, where)]
    if not isinstance(several, list) or set(given) != {"policies"}:
        raise InputError(f"{where}: a file of several policies has a list of tables called policies, and nothing else.")
    return [policy_of(one, f"{where}, policy {number}") for number, one in enumerate(several, start=1)]
