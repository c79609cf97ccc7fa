"""Lists that change: what is new, what rose, what fell since they were last shown."""

from __future__ import annotations

from collections.abc import Sequence

from recsys.ui.side_by_side import Column, Entry


def column(
    label: str,
    colour: str,
    articles: Sequence[tuple[int, str]],
    before: Sequence[int] | None,
    hit: int | None = None,
    empty: str = "Nothing.",
) -> Column:
    """A list of (id, headline), with how far each article has moved.

    Args:
        label: the list's name.
        colour: its colour in the theme.
        articles: the list.
        before: the ids as they were; None where that is not known.
        hit: the id of the article that was opened next.
        empty: what to say where there is no article.
    """
    entries = [
        Entry(article_id, title, "" if before is None else moved(index, article_id, before), article_id == hit)
        for index, (article_id, title) in enumerate(articles)
    ]
    return Column(label, colour, entries, empty)


def moved(index: int, article_id: int, before: Sequence[int]) -> str:
    """How many ranks an article has gained or lost; ``index`` is its rank from 0."""
    if article_id not in before:
        return "new"
    gained = before.index(article_id) - index
    return f"▲ {gained}" if gained > 0 else f"▼ {-gained}" if gained < 0 else "="
