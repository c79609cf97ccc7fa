"""The values that people would name: a click, a context, a request, a profile."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from recsys.core.policy import NO_POLICY, Policy
from recsys.core.types import Codes

CONTEXT_FIELDS = ("device", "os", "country", "region", "environment", "referrer")
"""What is known of a click besides who, what and when: the columns of every array of contexts, in this order."""

OVERRIDABLE = ("device", "os", "country")
"""The fields of a context that a request may set."""

UNKNOWN = 0
"""The code of a context field that the log does not have."""

ENSEMBLE = "ensemble"
"""The name of the reranked list, beside those of the retrievers."""


@dataclass(frozen=True)
class Context:
    """Codes of one visitor's device, system and place, as the dataset numbers them."""

    device: int = UNKNOWN
    os: int = UNKNOWN
    country: int = UNKNOWN
    region: int = UNKNOWN
    environment: int = UNKNOWN
    referrer: int = UNKNOWN

    @classmethod
    def from_codes(cls, codes: Codes) -> Context:
        """Read one row of an array of contexts, shape (6,)."""
        return cls(*codes.tolist())

    def codes(self) -> tuple[int, ...]:
        """The codes in the order of ``CONTEXT_FIELDS``."""
        return tuple(getattr(self, name) for name in CONTEXT_FIELDS)


@dataclass(frozen=True)
class Click:
    """One article read: its id in the dataset and the moment, in ms since 1970 UTC."""

    article_id: int
    time: int


@dataclass(frozen=True)
class ObservedClick:
    """A click as it comes in: who read what, when, in which context. Two with the same ``id`` are one click.

    ``session_id`` None stands for a session of the visitor's own.
    """

    id: str
    user_id: int
    article_id: int
    time: int
    context: Context = Context()
    session_id: int | None = None


@dataclass(frozen=True)
class Request:
    """Who wants how many articles, in which context, as of which moment.

    ``user_id`` names a stored user; ``history`` (oldest first) replaces what is stored. With neither, the visitor is
    new. ``overrides`` sets fields of the context by code. ``as_of`` (ms) defaults to the newest moment that the
    artifacts know; of that moment itself only the visitor's context is known, and nothing after it has any influence
    on the answer. ``without`` names retrievers that suggest nothing; what the reranker knows from their counts and
    vectors stays. ``policy`` changes what the reranker has put in order. ``beside`` asks for the lists of retrievers
    that are only looked at too; the answer is the same with them and without.
    """

    user_id: int | None = None
    history: tuple[Click, ...] | None = None
    overrides: Mapping[str, int] = field(default_factory=dict)
    as_of: int | None = None
    k: int = 10
    without: frozenset[str] = frozenset()
    policy: Policy = NO_POLICY
    beside: bool = False

    @property
    def alike(self) -> tuple[frozenset[str], Policy, bool]:
        """In what all requests of a batch must be the same, besides the moment."""
        return self.without, self.policy, self.beside


@dataclass(frozen=True)
class Profile:
    """A visitor's context as stored and as used for the answer."""

    stored: Context
    used: Context

    @property
    def overrides_applied(self) -> bool:
        """Whether an override changed anything."""
        return self.stored != self.used
