"""Cards: the reader, the list, what really happened."""

from __future__ import annotations

import math
from collections.abc import Sequence

import pandas as pd
import streamlit as st

from recsys.analysis.sample_visits import FIRST
from recsys.core.entities import ENSEMBLE, OVERRIDABLE, Click, Context
from recsys.core.types import DAY, HOUR, MINUTE
from recsys.engine.engine import Engine
from recsys.engine.recommendation import Recommendation
from recsys.ranking.pool import NOT_LISTED
from recsys.ui.tables import comparison
from recsys.ui.theme import LOOKS, plain

HISTORY_SHOWN = 12


def context_in_words(engine: Engine, context: Context) -> str:
    """Device, OS and country by name."""
    if not any(getattr(context, field) for field in OVERRIDABLE):
        return "unknown"
    return " · ".join(engine.dataset.label(field, getattr(context, field)) for field in OVERRIDABLE)


def duration(ms: float) -> str:
    """A length of time as people say it."""
    if ms < HOUR:
        return f"{max(round(ms / MINUTE), 1)} min"
    return f"{ms / HOUR:.0f} h" if ms < 2 * DAY else f"{ms / DAY:.0f} days"


def visitor_card(engine: Engine, answer: Recommendation) -> None:
    """Who the reader is: context stored and used, length of the history, what the list is based on."""
    request, profile = answer.request, answer.profile
    who = "A new reader" if request.user_id is None else f"Reader {request.user_id}"
    st.subheader(who, anchor=False)
    changed = " :red-badge[changed by you]"
    lines = [f"**Stored context:** {plain(context_in_words(engine, profile.stored))}"]
    used = plain(context_in_words(engine, profile.used))
    lines.append(f"**Context used:** {used}" + (changed if profile.overrides_applied else ""))
    if request.without:
        off = ", ".join(LOOKS[name].label for name in LOOKS if name in request.without)
        lines.append(f"**Switched off:** {off}{changed}")
    read = len(answer.history)
    lines.append(f"**History:** {read:,} {'article' if read == 1 else 'articles'} read so far")
    if any(engine.dataset.is_inferred(field) for field in OVERRIDABLE):
        lines.append(":gray[The names of devices, systems and countries are inferred from the codes.]")
    st.markdown("  \n".join(lines))
    if not answer.history:
        st.info(
            "This reader has no history, so the list is based on **context**: what people with the same device, system "
            "and country are reading now. Item-to-item CF and ALS need a history and suggest nothing.",
            icon=":material/explore:",
        )


def history_card(engine: Engine, history: Sequence[Click], as_of: int) -> None:
    """The last articles read, newest first."""
    st.subheader("Read so far", anchor=False)
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
    """The list with a coloured label for each retriever that suggested the article, and its rank there."""
    lines = ["| # | Article | Score | Suggested by (rank) |", "|--:|:--|--:|:--|"]
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
    """One line a fact, as ``explanation.contributions_of`` has them: what it adds, its value, what it means."""
    lines = []
    for row in facts.to_dict("records"):
        amount = _amount(row["value"], row["unit"])
        value = f": {amount}" if amount else ""
        lines.append(f"- **{plain(row['fact'])}** ({row['adds']:+.2f}){value}. :gray[{plain(row['meaning'])}]")
    return "\n".join(lines)


def outcome(engine: Engine, answer: Recommendation) -> None:
    """What the reader really opened next, and how the lists ranked it."""
    if answer.ground_truth is None:
        st.caption("We don't know what they opened next: this reader is not stored, or has no later click in this set.")
        return
    opened = f"They really opened **{plain(engine.title_of(answer.ground_truth))}** next."
    ranks = answer.ranks_of(answer.ground_truth)
    rank = ranks.pop(ENSEMBLE)
    if not rank:
        st.warning(f"{opened} {_why_missed(engine, answer, answer.ground_truth)}", icon=":material/search_off:")
        return
    found_by = ", ".join(f"{LOOKS[name].label} ({theirs})" for name, theirs in ranks.items() if theirs)
    high = [name for name, theirs in ranks.items() if 0 < theirs <= FIRST]
    alone = "" if high else f" No single algorithm had it in its first {FIRST}."
    if rank <= answer.request.k:
        st.success(
            f"{opened} We ranked it **{ordinal(rank)}**.{alone} Suggested by: {found_by}.", icon=":material/check:"
        )
    else:
        st.warning(
            f"{opened} We ranked it {ordinal(rank)} of {len(answer.ranking.pool)}, too low to be shown. "
            f"Suggested by: {found_by}.",
            icon=":material/south:",
        )


def _why_missed(engine: Engine, answer: Recommendation, article_id: int) -> str:
    """Why no list had the article that was opened next."""
    if article_id in {click.article_id for click in answer.history}:
        return "We don't show it: they had read it before, and we never suggest an article twice."
    if answer.ranking.pool.live.position[engine.articles.index(article_id)] >= 0:
        return "We missed it: no algorithm suggested it."
    return "We could not know it: nobody had opened it in the day before."


def ordinal(number: int) -> str:
    """A rank in words: 1st, 2nd, 3rd, 4th."""
    ending = "th" if 10 <= number % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


def _amount(value: float, unit: str) -> str:
    """A value as people write it; nothing for one that only means something to the reranker."""
    if math.isnan(value):
        return "unknown"
    if unit == "rank":
        return ordinal(round(value)) if value < NOT_LISTED else "not suggested"
    if unit == "share":
        return f"{value:.1%}"
    if unit == "hours" and value >= 0:
        return duration(value * HOUR)
    if unit == "log clicks":
        return f"{math.expm1(value):,.0f} clicks"
    if unit == "log ratio":
        return f"{math.exp(value):.2g} times"
    if unit == "yes/no":
        return "yes" if value else "no"
    if unit in {"words", "articles", "clicks"}:
        return f"{value:,.0f} {unit}"
    return ""


def _small(*parts: str) -> str:
    """Lesser facts, in small grey letters."""
    return f":small[:gray[{' · '.join(plain(part) for part in parts if part)}]]"
