"""Frozen values with something changed."""

from __future__ import annotations

from typing import Any, TypeVar

T = TypeVar("T")


def changed(value: T, **changes: Any) -> T:
    """As ``dataclasses.replace``, in a third of the steps: for what every request does several times.

    What the value has worked out (``cached_property``) is not part of it.
    """
    own = value.__dict__
    return type(value)(**{name: own[name] for name in value.__match_args__} | changes)  # type: ignore[attr-defined]
