"""Values that several callers need, computed once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Concatenate, ParamSpec, TypeVar
from weakref import WeakKeyDictionary

P = ParamSpec("P")
S = TypeVar("S")
T = TypeVar("T")


def memoized(function: Callable[P, T]) -> Callable[P, T]:
    """Keep what a function returned for as long as the last of its arguments lives.

    Arguments are positional and compared by identity; the value must not refer to the last of them.
    """
    known: WeakKeyDictionary[object, dict[tuple[int, ...], tuple[object, T]]] = WeakKeyDictionary()

    def remembered(*arguments: P.args, **named: P.kwargs) -> T:
        assert not named
        *others, last = arguments
        of_last = known.setdefault(last, {})
        names = tuple(map(id, others))
        if names not in of_last:
            of_last[names] = others, function(*arguments, **named)  # an object that is kept here keeps its identity
        return of_last[names][1]

    return remembered


def memoized_lru(most: int) -> Callable[[Callable[Concatenate[S, P], T]], Callable[Concatenate[S, P], T]]:
    """A method that keeps up to ``most`` values with the object itself, and starts over when it has them.

    Unlike ``lru_cache`` in a closure, it keeps no object alive: what is large goes when its moment goes.
    """

    def decorated(method: Callable[Concatenate[S, P], T]) -> Callable[Concatenate[S, P], T]:
        name = f"recent values of {method.__name__}"

        def remembered(self: S, /, *arguments: P.args, **named: P.kwargs) -> T:
            assert not named
            known: dict[object, T] = vars(self).setdefault(name, {})
            found = known.get(arguments)
            if found is None:
                if len(known) >= most:
                    known.clear()
                found = known[arguments] = method(self, *arguments, **named)
            return found

        return remembered

    return decorated
