"""Ids that are names: kept once, and given back as they came.

Inside, an id is a whole number: that of the log itself, or where its ids are names, a hash of the name, which is the
same in every set and every run.
"""

from __future__ import annotations

import json
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import blake2b

from recsys.core.numbers import whole_number
from recsys.errors import DataError, InputError

Id = int | str
"""An id as the log has it."""
BITS = 53
"""Of the hash: so many a browser's numbers keep."""
LARGEST = (1 << BITS) - 1
"""The largest id that stands for itself."""
ASKED = 1_000
"""So many names that are not known are remembered, to be told of."""


def number_of(name: str) -> int:
    """The number by which a name is known inside."""
    return int.from_bytes(blake2b(name.encode(), digest_size=8).digest(), "big") >> (64 - BITS)


class IdNames:
    """The names of one kind of id.

    Args:
        names: the names; two must not have the same number.
        are_numbers: whether they are whole numbers written out, to be given back as numbers.

    Raises:
        DataError: two have the same number, which is less likely than one in ten thousand among a million.
    """

    def __init__(self, names: Iterable[str], *, are_numbers: bool = False) -> None:
        self.names = list(names)
        self.are_numbers = are_numbers
        self._names = {number_of(name): name for name in self.names}
        self._asked: OrderedDict[int, str] = OrderedDict()
        if len(self._names) != len(set(self.names)):
            raise DataError("Two of the ids can't be told apart: their hashes are the same.")

    @classmethod
    def from_json(cls, text: str) -> IdNames:
        """The names that ``to_json`` has written."""
        kept = json.loads(text)
        return cls(kept["names"], are_numbers=kept["are_numbers"])

    def to_json(self) -> str:
        """The names, to be kept."""
        return json.dumps({"are_numbers": self.are_numbers, "names": self.names}, ensure_ascii=False)

    def outside(self, number: int) -> Id:
        """The id of a number, as the log has it; the number itself where no name has been seen."""
        name = self._names.get(number) or self._asked.get(number)
        if name is None:
            return number
        return int(name) if self.are_numbers else name

    def inside(self, given: Id) -> int:
        """The number of an id, whether or not it is known."""
        number = number_of(str(given))
        if number not in self._names:
            self._asked[number] = str(given)
            while len(self._asked) > ASKED:
                self._asked.popitem(last=False)
        return number

    def keep(self, number: int) -> None:
        """Remember a name that was asked for lately for good."""
        if number not in self._names and number in self._asked:
            self._names[number] = self._asked[number]
            self.names.append(self._asked[number])


@dataclass(frozen=True)
class Names:
    """The names of a log's users and articles; None where its own ids are whole numbers of 0 or more."""

    users: IdNames | None = None
    articles: IdNames | None = None

    def user(self, number: int) -> Id:
        """A user's id as the log has it."""
        return number if self.users is None else self.users.outside(number)

    def article(self, number: int) -> Id:
        """An article's id as the log has it."""
        return number if self.articles is None else self.articles.outside(number)

    def user_number(self, given: Id) -> int:
        """The number of a user's id.

        Raises:
            InputError: it is no id of such a log.
        """
        return _inside(self.users, "user_id", given)

    def article_number(self, given: Id) -> int:
        """The same of an article's."""
        return _inside(self.articles, "article_id", given)

    def keep(self, user: int, article: int) -> None:
        """Remember the names of a click's user and article for good, which may both be new."""
        if self.users is not None:
            self.users.keep(user)
        if self.articles is not None:
            self.articles.keep(article)

    def typed_user(self, text: str) -> int | None:
        """The number of a user's id as somebody has typed it; None for what is no id."""
        return whole_number(text) if self.users is None else self.users.inside(text.strip())

    def typed_article(self, text: str) -> int | None:
        """The same of an article's."""
        if self.articles is not None:
            return self.articles.inside(text.strip())
        number = whole_number(text)
        return number if number is not None and number < 1 << 63 else None


NUMBERS = Names()
"""Of a log whose ids are whole numbers."""


def _inside(names: IdNames | None, field: str, given: Id) -> int:
    if names is not None:
        return names.inside(given)
    if not isinstance(given, int) or not 0 <= given < 1 << 63:
        raise InputError(f"{field}: {given!r} is not a whole number from 0 on, as this set's ids are.")
    return given
