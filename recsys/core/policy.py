"""A policy: what a site wants of a list besides relevance. A value; what its rules do stands in ``recsys.policy``."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, SerializeAsAny

from recsys.core.settings import Settings


class Rule(Settings):
    """One rule of a policy, with its numbers."""


class Policy(Settings):
    """Rules with a name, applied to what the reranker has put in order."""

    name: Annotated[str, Field(max_length=80)] = ""
    rules: tuple[SerializeAsAny[Rule], ...] = ()


NO_POLICY = Policy()
"""The list as the reranker has it."""
