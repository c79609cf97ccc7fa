"""What a rule can do to a list. A rule is one class in ``recsys/policy/rules``, registered by ``@rule``.

A list is filled place by place, each with the best candidate that may have it. So a rule does one or more of this: it
rules candidates out, it changes their scores, it limits who may have the next place, it favours some by what is on the
list already, or it fills a place itself. What rules do adds up, so that their order does not matter.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, Any, ClassVar, Protocol, TypeVar

from pydantic import Field, StrictInt, StrictStr

from recsys.core.policy import Policy, Rule
from recsys.core.types import Bools, Doubles, Floats
from recsys.policy.catalogue import Catalogue
from recsys.policy.reader_candidates import ReaderCandidates

ArticleId = Annotated[StrictInt, Field(ge=0)] | Annotated[StrictStr, Field(min_length=1, max_length=1000)]
"""An article's id, as the log has it."""
Section = Annotated[StrictInt, Field(ge=0, lt=1 << 31)] | Annotated[StrictStr, Field(min_length=1, max_length=200)]
"""A section's code, or its name."""


class Limit(Protocol):
    """Who may have the next place."""

    def allows(self, place: int) -> Bools | None:
        """Which candidates may have a place, counted from 0; shape (candidates,). None for all; not to be changed."""

    def take(self, index: int, place: int) -> None:
        """A candidate has got a place, which may be a later one than the next."""


class Favour(Protocol):
    """Whom to favour, by what is on the list already."""

    def values(self) -> Doubles | Floats:
        """What is added to each candidate's relevance, which goes from 0 to 1; shape (candidates,). Not to be
        changed.
        """

    def take(self, index: int) -> None:
        """A candidate is on the list."""


class PolicyRule(Rule):
    """A rule. What it does not do, it leaves as it is here.

    Attributes:
        key: by which files, addresses and requests name it.
        label: on pages.
        draws: whether it fills places with whoever has none yet, so that it comes after those that name an article.
        looks_below: whether it is about candidates that the first stage dropped, too: ``looks_at`` says which.
        dial: the one of its numbers that says how strong it is; empty where there is none.
        dial_values: that number from weak to strong, over its whole range.
        dial_text: what a slider says of the number.
        buys: the key of the measure in ``evaluation.policy_price`` that it is there for.
    """

    key: ClassVar[str] = ""
    label: ClassVar[str] = ""
    draws: ClassVar[bool] = False
    looks_below: ClassVar[bool] = False
    dial: ClassVar[str] = ""
    dial_values: ClassVar[tuple[float, ...]] = ()
    dial_text: ClassVar[str] = "{:g}"
    buys: ClassVar[str] = ""

    def sentence(self) -> str:
        """What it asks for, in a sentence for everybody."""
        raise NotImplementedError

    def wanted(self, catalogue: Catalogue) -> Sequence[int]:
        """Articles, by index, that are candidates whoever suggests them."""
        return ()

    def looks_at(self, candidates: ReaderCandidates) -> Bools:
        """Which candidates it is about, even where the first stage dropped them."""
        raise NotImplementedError

    def ruled_out(self, candidates: ReaderCandidates) -> Bools | None:
        """Who may not be on the list at all."""

    def added(self, candidates: ReaderCandidates) -> Doubles | None:
        """What is added to the scores, which are log-odds."""

    def limit(self, candidates: ReaderCandidates) -> Limit | None:
        """Who may have the next place."""

    def favour(self, candidates: ReaderCandidates, k: int) -> Favour | None:
        """Whom to favour, by what is on the list already, which is to be ``k`` long."""

    def filled(self, candidates: ReaderCandidates, free: Bools) -> Mapping[int, int]:
        """Places, from 0, and the candidate that gets each; ``free`` are those who have no place of their own."""
        return {}

    def note(self, candidates: ReaderCandidates) -> str | None:
        """Why it can do nothing here, in a sentence, where that is so."""


Kind = TypeVar("Kind", bound=type[PolicyRule])
RULES: dict[str, type[PolicyRule]] = {}
"""Every kind of rule, by key."""


def rule(key: str, label: str) -> Callable[[Kind], Kind]:
    """Register a kind of rule."""

    def register(kind: Kind) -> Kind:
        kind.key, kind.label = key, label
        RULES[key] = kind
        return kind

    return register


def rules_of(policy: Policy) -> list[PolicyRule]:
    """The rules of a policy, with what they do."""
    return [one for one in policy.rules if isinstance(one, PolicyRule)]


def as_table(given: PolicyRule) -> dict[str, Any]:
    """A rule as files and requests have it: its key and its numbers."""
    return {"rule": given.key, **given.model_dump(mode="json")}
