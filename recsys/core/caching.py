"""Values that several callers need, computed once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Concatenate, ParamSpec, TypeVar

P = ParamSpec("P")
S = TypeVar("S")
T = TypeVar("T")


def memoized(function: Callable[P, T]) -> Callable[P, T]:
    """Keep what a function returned with the last of its arguments.

    Arguments are positional and compared by identity.
    """
    name = f"values of {function.__qualname__}"

    def remembered(*arguments: P.args, **named: P.kwargs) -> T:
        assert not named
        *others, last = arguments
        names = tuple(map(id, others))
        try:
            found: tuple[object, T] = last.__dict__[name][names]
        except KeyError:
            found = others, function(*arguments, **named)  # an object that is kept here keeps its identity
            last.__dict__.setdefault(name, {})[names] = found
        return found[1]

    return remembered


def memoized_lru(most: int) -> Callable[[Callable[Concatenate[S, P], T]], Callable[Concatenate[S, P], T]]:
    """A method that keeps up to ``most`` values with the object itself, and starts over when it has them.

    Unlike ``lru_cache`` in a closure, it keeps no object alive: what is large goes when its moment goes.
    """

    def decorated(method: Callable[Concatenate[S, P], T]) -> Callable[Concatenate[S, P], T]:
        name = f"recent values of {method.__name__}"

        def remembered(self: S, /, *arguments: P.args, **named: P.kwargs) -> T:
            assert not named
            try:
                found: T = self.__dict__[name][arguments]
            except KeyError:
                found = method(self, *arguments, **named)
                known: dict[object, T] = self.__dict__.setdefault(name, {})
                if len(known) >= most:
                    known.clear()
                known[arguments] = found
            return found

        return remembered

    return decorated
