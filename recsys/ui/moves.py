"""Lists that move: what came, what rose, what fell since they were last seen."""

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
    """A list of (id, headline), with how far each article has come.

    Args:
        label: the list's name.
        colour: its colour in the theme.
        articles: the list.
        before: the ids as they were, None where nobody knows.
        hit: the id of the article that was opened next.
        empty: what to say where there is no article.
    """
    entries = [
        Entry(article_id, title, "" if before is None else moved(place, article_id, before), article_id == hit)
        for place, (article_id, title) in enumerate(articles)
    ]
    return Column(label, colour, entries, empty)


def moved(place: int, article_id: int, before: Sequence[int]) -> str:
    """How far an article has come to a place, counted from 0."""
    if article_id not in before:
        return "new"
    won = before.index(article_id) - place
    return f"▲ {won}" if won > 0 else f"▼ {-won}" if won < 0 else "="
