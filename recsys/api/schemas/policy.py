"""A policy as JSON: in a request by its name or as rules, in an answer with what could not be met."""

from __future__ import annotations

from collections.abc import Mapping
from functools import reduce
from itertools import starmap
from operator import or_
from typing import TYPE_CHECKING, Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Discriminator, Field, StrictStr, Tag, create_model

from recsys.core.policy import Policy
from recsys.engine.recommendation import Recommendation
from recsys.errors import InputError
from recsys.policy.base import RULES, PolicyRule
from recsys.policy.files import as_policy_table


def _in_requests(key: str, kind: type[PolicyRule]) -> Any:
    """A rule with its key, by which JSON tells rules apart."""
    own: dict[str, Any] = {"rule": (Literal[key], ...)}
    return create_model(f"{kind.__name__}Rule", __base__=kind, __doc__=kind.__doc__, **own)


if TYPE_CHECKING:
    AnyRule = PolicyRule
else:
    AnyRule = Annotated[reduce(or_, starmap(_in_requests, RULES.items())), Field(discriminator="rule")]
MOST_RULES = 20


class PolicyRules(BaseModel):
    """Rules that are applied to what the reranker has put in order, and their name in the answer."""

    model_config = ConfigDict(extra="forbid")

    name: Annotated[StrictStr, Field(max_length=80)] = ""
    rules: Annotated[list[AnyRule], Field(max_length=MOST_RULES)] = []

    @classmethod
    def of(cls, policy: Policy) -> Self:
        """The same as an engine's policy."""
        return cls.model_validate(as_policy_table(policy))

    def policy(self) -> Policy:
        """The policy for the engine."""
        rules = [RULES[one.key].model_validate(one.model_dump(exclude={"rule"})) for one in self.rules]
        return Policy(name=self.name, rules=tuple(rules))


BY_NAME, BY_RULES = "by name", "by rules"
"""What pydantic calls the two ways in which a request has a policy."""
WantedPolicy = Annotated[
    Annotated[StrictStr, Field(max_length=80), Tag(BY_NAME)] | Annotated[PolicyRules, Tag(BY_RULES)],
    Discriminator(lambda given: BY_NAME if isinstance(given, str) else BY_RULES),
]
"""The name of a policy that the server knows, or its rules."""


class AppliedPolicy(BaseModel):
    """The name of the policy that an answer follows, and what of it could not be met, a sentence each."""

    name: str
    notes: list[str]

    @classmethod
    def of(cls, found: Recommendation) -> AppliedPolicy | None:
        """That of an answer; None where it follows none."""
        if found.outcome is None:
            return None
        return cls(name=found.request.policy.name, notes=list(found.outcome.notes))


def chosen(given: str | PolicyRules | None, known: Mapping[str, Policy], otherwise: Policy) -> Policy:
    """The policy that a request asks for.

    Raises:
        InputError: the server knows none of that name.
    """
    if given is None:
        return otherwise
    if isinstance(given, PolicyRules):
        return given.policy()
    if given not in known:
        names = ", ".join(known) or "none; send its rules"
        raise InputError(f"policy: unknown policy {given!r}. Known: {names}.")
    return known[given]
