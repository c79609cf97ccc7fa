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
            known: tuple[object, T] = last.__dict__[name][names]
            return known[1]
        except KeyError:
            pass  # the function, which may raise one of its own, is called outside
        found = function(*arguments, **named)
        last.__dict__.setdefault(name, {})[names] = others, found  # an object that is kept here keeps its identity
        return found

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
                return found
            except KeyError:
                pass  # the method, which may raise one of its own, is called outside
            found = method(self, *arguments, **named)
            known: dict[object, T] = self.__dict__.setdefault(name, {})
            if len(known) >= most:
                known.clear()
            known[arguments] = found
            return found

        return remembered

    return decorated
