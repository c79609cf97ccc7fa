"""Rules that can't hold together."""

from __future__ import annotations

from collections.abc import Sequence

from recsys.errors import InputError
from recsys.policy.base import PolicyRule
from recsys.policy.catalogue import Catalogue
from recsys.policy.rules.block import Block
from recsys.policy.rules.exploration import Exploration
from recsys.policy.rules.pin import Pin

NAMING = {Pin, Exploration, Block}
"""The kinds of rules that name a place, an article or a section."""


def check(rules: Sequence[PolicyRule], catalogue: Catalogue) -> None:
    """Refuse rules that contradict each other.

    Raises:
        InputError: a place or an article is given away twice, or what is pinned is left out; or a rule names what the
            set does not have.
    """
    if not {type(one) for one in rules} & NAMING:
        return
    pins = [one for one in rules if isinstance(one, Pin)]
    places = [one.place for one in pins]
    places += [place for one in rules if isinstance(one, Exploration) for place in one.places]
    if twice := _twice(places):
        raise InputError(f"The policy gives place {twice} to two articles.")
    if twice := _twice([str(one.article) for one in pins]):
        raise InputError(f"The policy pins article {twice} to two places.")
    blocks = [one for one in rules if isinstance(one, Block)]
    items = {catalogue.item(article) for one in blocks for article in one.articles}
    sections = {catalogue.section(section) for one in blocks for section in one.sections}
    for pin in pins:
        item = catalogue.item(pin.article)
        if item in items or int(catalogue.articles.sections[item]) in sections:
            raise InputError(f"The policy pins article {pin.article} and leaves it out.")


def _twice(values: Sequence[object]) -> str:
    return next((str(value) for number, value in enumerate(values) if value in values[:number]), "")
