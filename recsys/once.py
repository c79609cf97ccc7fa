"""Values that several ask for, computed once."""

from __future__ import annotations

from collections.abc import Callable
from typing import ParamSpec, TypeVar
from weakref import WeakKeyDictionary

P = ParamSpec("P")
T = TypeVar("T")


def once(function: Callable[P, T]) -> Callable[P, T]:
    """Remember what a function gave, for as long as the last of its arguments lives.

    Arguments are positional and told apart by identity; the value must not refer to the last of them.
    """
    known: WeakKeyDictionary[object, dict[tuple[int, ...], tuple[object, T]]] = WeakKeyDictionary()

    def remembered(*arguments: P.args, **named: P.kwargs) -> T:
        assert not named
        *others, last = arguments
        of_last = known.setdefault(last, {})
        names = tuple(map(id, others))
        if names not in of_last:
            of_last[names] = others, function(*arguments, **named)  # who is kept here keeps its identity
        return of_last[names][1]

    return remembered
