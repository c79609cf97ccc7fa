"""Cards: the reader, the list, what they read, what really happened."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from recsys.core.entities import OVERRIDABLE
from recsys.core.types import PAD
from recsys.engine.engine import Engine
from recsys.engine.recommendation import Recommendation
from recsys.ranking.fates import Fate
from recsys.ui import cached
from recsys.ui.components import article_lists
from recsys.ui.components.article_lists import Card, Column, card
from recsys.ui.page_context import page_context
from recsys.ui.tables import comparison
from recsys.ui.tables.outcome import outcome_of
from recsys.ui.theme import LOOKS, plain, section_tile
from recsys.ui.words import amount, context_in_words, counted, duration, duration_of_hours, enumerated

HISTORY_SHOWN = 12


def visitor_card(engine: Engine, answer: Recommendation) -> None:
    """Who the reader is, in two lines: context stored and used, length of the history, what is switched off."""
    request, profile = answer.request, answer.profile
    who = "A new reader" if request.user_id is None else f"Reader {plain(str(engine.names.user(request.user_id)))}"
    read = answer.clicks
    st.header(who, anchor=False)
    changed = " :red-badge[changed by you]"
    used = plain(context_in_words(engine, profile.used))
    stored = plain(context_in_words(engine, profile.stored))
    context = f"{used}{changed} (stored: {stored})" if profile.overrides_applied else used
    so_far = f"{counted(read, 'article')} read so far"
    has_context = bool(cached.context_fields(page_context().loaded))
    lines = [f"{context} · {so_far}" if has_context else so_far]
    if request.without:
        off = ", ".join(LOOKS[name].label for name in LOOKS if name in request.without)
        lines.append(f"Switched off: {off}{changed}")
    if any(engine.dataset.is_inferred(field) for field in OVERRIDABLE):
        lines.append(":gray[The names of devices, systems and countries are inferred from the codes.]")
    if not answer.history:
        lists = answer.ranking.pool.candidates
        silent = [
            LOOKS[one].label for one in lists if one not in request.without and (lists[one].items[0] == PAD).all()
        ]
        need = "needs a history and suggests nothing" if len(silent) == 1 else "need a history and suggest nothing"
        lines.append(
            "Nothing is known of what they read, so the list is based on "
            + ("**context**: what people with the same device, system and country" if has_context else "what people")
            + " are reading now."
            + (f" {enumerated(silent)} {need}." if silent else "")
        )
    st.markdown("  \n".join(lines))


def history_card(engine: Engine, answer: Recommendation) -> None:
    """The last articles read, newest first."""
    st.header("Read so far", anchor=False)
    if not answer.history:
        st.caption("Nothing yet.")
        return
    cards = [
        card(engine, click.article_id, answer.as_of, note=duration(answer.as_of - click.time) + " ago")
        for click in reversed(answer.history[-HISTORY_SHOWN:])
    ]
    article_lists.draw([Column("Read so far", "gray", cards)], None, None, key="history", kind="wide")
    if answer.clicks > HISTORY_SHOWN:
        st.caption(f"and {answer.clicks - HISTORY_SHOWN:,} earlier ones.")


def list_cards(engine: Engine, rows: pd.DataFrame, algorithms: Sequence[str]) -> list[Card]:
    """The rows of a candidate matrix as cards, with who suggested them and the reranker's score."""
    return [
        Card(
            row["article_id"],
            row["article"],
            row["section"],
            section_tile(row["section"]),
            note=f"{duration_of_hours(row['age_hours'])} old",
            hit=row["opened_next"],
            score=None if pd.isna(row["score"]) else row["score"],
            suggested=article_lists.suggestions(comparison.suggested_by(row, algorithms)),
            shown=article_lists.Shown.of(engine, int(engine.articles.index(row["article_id"]))),
        )
        for row in rows.to_dict("records")
    ]


def facts_in_words(facts: pd.DataFrame) -> str:
    """One line a fact, as ``explanation.contributions_of`` has them: what it adds, its value, what it means."""
    lines = []
    for row in facts.to_dict("records"):
        value = amount(row["value"], row["unit"])
        told = f": {value}" if value else ""
        lines.append(f"- **{plain(row['fact'])}** ({row['adds']:+.2f}){told}. :gray[{plain(row['meaning'])}]")
    return "\n".join(lines)


def outcome(engine: Engine, answer: Recommendation) -> None:
    """What the reader really opened next, and how the lists ranked it."""
    told = outcome_of(engine, answer, lambda name: LOOKS[name].label, lambda text: f"**{plain(text)}**")
    match told.fate:
        case None:
            st.caption(told.sentence)
        case Fate.SHOWN:
            st.success(told.sentence, icon=":material/check:")
        case Fate.BELOW | Fate.DROPPED:
            st.warning(told.sentence, icon=":material/south:")
        case _:
            st.warning(told.sentence, icon=":material/search_off:")
