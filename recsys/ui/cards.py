"""Pieces of pages: the visitor, the list, what really happened."""

from __future__ import annotations

import math
from collections.abc import Sequence

import pandas as pd
import streamlit as st

from recsys.domain import DAY, ENSEMBLE, HOUR, MINUTE, OVERRIDABLE, Click, Context, Recommendation
from recsys.engine import Engine
from recsys.ui import comparison
from recsys.ui.theme import LOOKS, plain

HISTORY_SHOWN = 12


def context_in_words(engine: Engine, context: Context) -> str:
    """Device, OS and country by name."""
    if not any(getattr(context, field) for field in OVERRIDABLE):
        return "nothing known"
    return " · ".join(engine.settings.label(field, getattr(context, field)) for field in OVERRIDABLE)


def duration(ms: float) -> str:
    """A length of time as people say it."""
    if ms < HOUR:
        return f"{max(round(ms / MINUTE), 1)} min"
    return f"{ms / HOUR:.0f} h" if ms < 2 * DAY else f"{ms / DAY:.0f} days"


def visitor_card(engine: Engine, answer: Recommendation) -> None:
    """Who is asking: profile stored and used, length of the history, what decides the list."""
    request, profile = answer.request, answer.profile
    who = "A new visitor" if request.user_id is None else f"Visitor {request.user_id}"
    st.subheader(who, anchor=False)
    applied = profile.overrides_applied
    used = context_in_words(engine, profile.used)
    lines = [f"**Context stored:** {plain(context_in_words(engine, profile.stored))}"]
    lines.append(f"**Context used:** {plain(used)}" + (" :red-badge[changed by you]" if applied else ""))
    if request.without:
        off = ", ".join(LOOKS[name].label for name in LOOKS if name in request.without)
        lines.append(f"**Switched off:** {off} :red-badge[changed by you]")
    read = len(answer.history)
    lines.append(f"**History:** {read:,} {'article' if read == 1 else 'articles'} read before this moment")
    if any(engine.settings.is_inferred(field) for field in OVERRIDABLE):
        lines.append(":gray[Names of devices, systems and countries are inferred from the codes.]")
    st.markdown("  \n".join(lines))
    if not answer.history:
        st.info(
            "Without a history the list takes the **contextual path**: what is read now by visitors with the same "
            "device, system and country. Item-to-item CF and ALS have nothing to go on and stay silent.",
            icon=":material/explore:",
        )


def history_card(engine: Engine, history: Sequence[Click], as_of: int) -> None:
    """The last articles read, newest first."""
    st.subheader("Read before", anchor=False)
    if not history:
        st.caption("Nothing yet.")
        return
    lines = []
    for click in reversed(history[-HISTORY_SHOWN:]):
        item = int(engine.articles.index(click.article_id))
        section = engine.section(item) if item >= 0 else ""
        lines.append(
            f"- {plain(engine.title_of(click.article_id))} {_small(section, duration(as_of - click.time) + ' ago')}"
        )
    st.markdown("\n".join(lines))
    if len(history) > HISTORY_SHOWN:
        st.caption(f"and {len(history) - HISTORY_SHOWN:,} earlier ones.")


def list_rows(engine: Engine, answer: Recommendation) -> pd.DataFrame:
    """The list as a table: one row an article, best first."""
    pool, best = answer.ranking.pool, answer.ranking.order[: len(answer.articles)]
    items = pool.items[best]
    rows = comparison.column(engine, answer, items).drop(columns="reranked")
    rows.insert(3, "section", [engine.section(item) for item in items.tolist()])
    rows.insert(4, "age_hours", pool.live.age_hours(items, answer.as_of).round(2))
    rows.insert(5, "reranker_score", answer.ranking.scores[best].astype(float).round(4))
    return rows


def list_table(rows: pd.DataFrame) -> None:
    """The list with a coloured label for each retriever that proposed the article, and its rank there."""
    lines = ["| # | Article | Score | Proposed by, at rank |", "|--:|:--|--:|:--|"]
    for row in rows.to_dict("records"):
        badges = " ".join(
            LOOKS[name].badge(f"{LOOKS[name].short} {row[f'rank_{name}']}")
            for name in LOOKS
            if pd.notna(row.get(f"rank_{name}"))
        )
        hit = " :red-badge[:material/check: opened next]" if row["opened_next"] else ""
        title = f"**{plain(row['article'])}**{hit}"
        about = _small(row["section"], duration(row["age_hours"] * HOUR) + " old")
        lines.append(f"| {row['rank']} | {title} {about} | {row['reranker_score']:.2f} | {badges} |")
    st.markdown("\n".join(lines))


def facts_in_words(facts: pd.DataFrame) -> str:
    """One line a fact, as ``explanation.weigh`` gives them: its value, what it adds, what it means."""
    return "\n".join(
        f"- **{plain(row['fact'])}**: {_amount(row['value'], row['unit'])} ({row['adds']:+.2f}). "
        f":gray[{plain(row['meaning'])}]"
        for row in facts.to_dict("records")
    )


def outcome(engine: Engine, answer: Recommendation) -> None:
    """What the visitor really opened next, and where it stood."""
    if answer.ground_truth is None:
        st.caption("What came next is not known: the visitor is not a stored one, or has no later click in this set.")
        return
    title = f"**{plain(engine.title_of(answer.ground_truth))}**"
    pool = answer.ranking.pool
    places = answer.places_of(answer.ground_truth)
    place = places.pop(ENSEMBLE)
    if not place:
        known = pool.live.position[engine.articles.index(answer.ground_truth)] >= 0
        already = answer.ground_truth in {click.article_id for click in answer.history}
        why = (
            "it had been read before, and what was read is not proposed again"
            if already
            else "no algorithm proposed it"
            if known
            else "nobody had opened it in the last day, so that no algorithm could know it"
        )
        st.warning(f"Opened next: {title}. It is not in the pool: {why}.", icon=":material/search_off:")
        return
    found_by = ", ".join(f"{LOOKS[name].label} at {rank}" for name, rank in places.items() if rank)
    if place <= answer.request.k:
        st.success(
            f"Opened next: {title}, **number {place}** of this list. Proposed by: {found_by}.", icon=":material/check:"
        )
    else:
        st.warning(
            f"Opened next: {title}, number {place} of the {len(pool)} articles in the pool, so below this list. "
            f"Proposed by: {found_by}.",
            icon=":material/south:",
        )


def _amount(value: float, unit: str) -> str:
    """A value as people write it."""
    if math.isnan(value):
        return "not known"
    if unit == "share":
        return f"{value:.1%}"
    if unit == "hours" and value >= 0:
        return duration(value * HOUR)
    return f"{value:,.0f} {unit}" if abs(value) >= 100 else f"{value:.3g} {unit}"


def _small(*parts: str) -> str:
    """Lesser facts, in small grey letters."""
    return f":small[:gray[{' · '.join(plain(part) for part in parts if part)}]]"
