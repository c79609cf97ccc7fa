"""Articles as cards, in one list or in several side by side; what is pointed at or chosen is highlighted in all.

A component of our own: Streamlit's tables neither wrap headlines nor know of each other.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Literal, Self

import numpy as np
import pandas as pd

from recsys.engine.engine import Engine
from recsys.ui.browser import component, on_click, place
from recsys.ui.components import charts
from recsys.ui.theme import LOOKS, section_tile
from recsys.ui.view_state import current, highlight_article
from recsys.ui.words import duration_of_hours

_mount = component("article_lists", ["dom", "tile", "card", "lists"], ["tile", "edge", "lists"])
ROW, HEAD = {"narrow": 96, "wide": 60, "single": 96}, 36
"""Heights of a card and of a list's head, pixels: the place that is kept until the browser has drawn them."""


@dataclass(frozen=True)
class Suggestion:
    """Who suggested an article, at which rank."""

    label: str
    colour: str
    rank: int


@dataclass(frozen=True)
class Shown:
    """What a card shows of an article where the dataset has it: what it is about, its address, that of a picture."""

    teaser: str = ""
    url: str = ""
    picture: str = ""

    @classmethod
    def of(cls, engine: Engine, item: int) -> Self:
        """That of an article."""
        text = engine.articles.text
        return cls(text("teaser", item), text("url", item), text("picture", item))


@dataclass(frozen=True)
class Card:
    """An article in a list.

    Attributes:
        id: of the article.
        title: its headline.
        section: the name of its section.
        tile: the number of the section's colour.
        note: a remark, such as its age.
        mark: a remark that stands out, such as "new".
        hit: whether it was opened next.
        score: the reranker's, None where it is not shown.
        suggested: who suggested it.
        shown: what else there is to show.
    """

    id: int
    title: str
    section: str = ""
    tile: int = -1
    note: str = ""
    mark: str = ""
    hit: bool = False
    score: float | None = None
    suggested: Sequence[Suggestion] = ()
    shown: Shown = Shown()


@dataclass(frozen=True)
class Column:
    """A list: its name, its colour in the theme, its articles in order, and what to say where there is none."""

    label: str
    colour: str
    cards: Sequence[Card]
    empty: str = "Nothing."


def suggestions(ranks: dict[str, int]) -> list[Suggestion]:
    """Ranks by algorithm as they are shown."""
    return [Suggestion(LOOKS[name].short, LOOKS[name].colour, rank) for name, rank in ranks.items()]


def card(
    engine: Engine,
    article_id: int,
    as_of: int,
    *,
    note: str | None = None,
    mark: str = "",
    hit: bool = False,
    suggested: Sequence[Suggestion] = (),
) -> Card:
    """The card of an article at a moment, ms; its note is its age where none is given."""
    item = int(engine.articles.index(article_id))
    title = engine.title_of(article_id)
    if item < 0:
        return Card(article_id, title, note=note or "", mark=mark, hit=hit, suggested=suggested)
    section = engine.section(item)
    if note is None:
        [hours] = engine.at(as_of).live.age_hours(np.array([item]), as_of).tolist()
        note = f"{duration_of_hours(hours)} old"
    shown = Shown.of(engine, item)
    return Card(article_id, title, section, section_tile(section), note, mark, hit, suggested=suggested, shown=shown)


def draw_near(engine: Engine, near: pd.DataFrame, as_of: int, system: str) -> None:
    """Articles that a model finds alike, as ``embeddings.near`` has them, with the cosines of their vectors."""
    cards = [
        card(engine, article_id, as_of, note=f"cosine {cosine:.2f}")
        for article_id, cosine in zip(near["article_id"].tolist(), near["cosine"].tolist(), strict=True)
    ]
    column = Column(f"{LOOKS[system].label}: nearest", LOOKS[system].colour, cards)
    draw([column], current().article, highlight_article, key=f"near_{system}")
    charts.download(near, f"near_{system}")


def draw(
    columns: Sequence[Column],
    chosen: int | None,
    on_choose: Callable[[int | None], None] | None,
    key: str = "article_lists",
    kind: Literal["narrow", "wide", "single"] = "narrow",
) -> None:
    """Draw the lists; ``on_choose`` is called with the id of a clicked article, None where it was the chosen one.

    ``wide`` is for one list over the whole width, ``narrow`` for lists side by side, ``single`` for articles side by
    side, a list each.
    """
    data = {
        "columns": [asdict(column) for column in columns],
        "chosen": chosen,
        "kind": kind,
        "still": on_choose is None,
    }
    longest = max((len(column.cards) for column in columns), default=0)
    with place(key, longest * ROW[kind] + (0 if kind == "wide" else HEAD)):
        _mount(key=key, data=data, on_clicked_change=on_click(key, chosen, on_choose or (lambda _: None)))
