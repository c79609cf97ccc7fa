"""Lists that change: what is new, what rose, what fell since they were last shown."""

from __future__ import annotations

from collections.abc import Sequence

from recsys.engine.engine import Engine
from recsys.ui.components.article_lists import Column, card
from recsys.ui.words import gained


def column(
    engine: Engine,
    label: str,
    colour: str,
    articles: Sequence[int],
    as_of: int,
    before: Sequence[int] | None,
    hit: int | None = None,
    empty: str = "Nothing.",
) -> Column:
    """A list of article ids, with how far each has moved.

    Args:
        engine: knows the articles.
        label: the list's name.
        colour: its colour in the theme.
        articles: the list.
        as_of: its moment, ms.
        before: the ids as they were; None where that is not known.
        hit: the id of the article that was opened next.
        empty: what to say where there is no article.
    """
    cards = [
        card(engine, one, as_of, mark="" if before is None else moved(index, one, before), hit=one == hit)
        for index, one in enumerate(articles)
    ]
    return Column(label, colour, cards, empty)


def moved(index: int, article_id: int, before: Sequence[int]) -> str:
    """How many ranks an article has gained or lost; ``index`` is its rank from 0."""
    if article_id not in before:
        return "new"
    return gained(before.index(article_id) - index)
