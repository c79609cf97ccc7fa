"""Readers meet articles: every click of the simulated newsroom, written in the published layout."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd

from recsys.core.entities import CONTEXT_FIELDS
from recsys.core.types import DAY, HOUR, MINUTE, PAD, Doubles, Floats, Longs
from recsys.data.dataset_settings import SETTINGS_FILE
from recsys.data.newsroom.world import (
    COUNTRIES,
    HOURLY_RHYTHM,
    SECTIONS,
    START,
    NewsArticles,
    Readers,
    make_articles,
    make_readers,
)

TICK = 30 * MINUTE
"""How long the appeal of articles is held constant."""
LONGEST_SESSION = 40
MEMORY = 40
"""How many of a reader's last articles are not opened again."""
DRAWS_AGE = 7 * DAY
LATENT = 8
"""Dimensions of what readers like and of what leads to what, beyond sections."""

FOREIGN_PULL, FOREIGN_PUSH = np.log(25.0), np.log(0.3)
SAME_SECTION, SAME_STORY = np.log(2.0), np.log(10.0)
TASTE, LIKING, LEADING = 0.9, 0.55, 0.8
"""How strongly sections, latent likings and the article just read steer the next click."""


@dataclass(frozen=True)
class Sessions:
    """Sessions in the order of their starts; arrays of shape (sessions,)."""

    users: Longs
    starts: Longs
    lengths: Longs


def simulate(folder: Path, *, users: int = 65_535, days: int = 10, seed: int = 7) -> int:
    """Write a newsroom's click log to a folder and return the number of clicks.

    The same numbers give the same bytes: one generator, used in one order.
    """
    rng = np.random.default_rng(seed)
    articles = make_articles(rng, days)
    readers = make_readers(rng, users)
    sessions = _make_sessions(rng, users, days)
    read = _read(rng, articles, readers, sessions)
    times = _click_times(rng, sessions)
    _write(folder, articles, readers, sessions, read, times, days)
    return len(read)


def _make_sessions(rng: np.random.Generator, users: int, days: int) -> Sessions:
    """Most readers come once or twice, a few come daily; they come by the rhythm of the day."""
    counts = np.ceil(rng.lognormal(np.log(1.07), 1.33, users)).astype(np.int64)
    who = np.repeat(np.arange(users), np.minimum(counts, 20 * days))
    hours = rng.choice(24, p=HOURLY_RHYTHM / HOURLY_RHYTHM.sum(), size=len(who))
    day = rng.integers(0, days, len(who))
    # The log starts at 3 in the morning: its first file is hour 3 of the day.
    starts = START + day * DAY + ((hours - 3) % 24) * HOUR + rng.integers(0, HOUR, len(who))
    lengths = rng.choice([2, 3, 4, 5, 6], p=[0.60, 0.21, 0.09, 0.04, 0.06], size=len(who))
    longer = lengths == 6
    lengths[longer] += rng.geometric(0.36, int(longer.sum())) - 1
    order = np.argsort(starts, kind="stable")
    return Sessions(who[order], starts[order], np.minimum(lengths, LONGEST_SESSION)[order])


def _read(rng: np.random.Generator, articles: NewsArticles, readers: Readers, sessions: Sessions) -> Longs:
    """The article of every click, session after session. Shape (clicks,)."""
    latent = rng.normal(0, 1, (len(articles.ids), LATENT)).astype(np.float32)
    leads_to = latent @ rng.normal(0, 1 / np.sqrt(LATENT), (LATENT, LATENT)).astype(np.float32)
    likings = rng.normal(0, 1, (len(readers.contexts), LATENT)).astype(np.float32)
    traits = _article_traits(articles, latent)
    wishes = _reader_wishes(readers, likings)

    firsts = np.cumsum(sessions.lengths) - sessions.lengths
    read = np.full(int(sessions.lengths.sum()), PAD, np.int64)
    memory = np.full((len(readers.contexts), MEMORY), PAD, np.int64)
    remembered = np.zeros(len(readers.contexts), np.int64)

    for now, batch in _ticks(sessions):
        active, appeal = _appeal(articles, now)
        place = np.full(len(articles.ids) + 1, PAD)  # the last entry stands for PAD
        place[active] = np.arange(len(active))
        log_appeal = np.log(appeal).astype(np.float32)
        for step in range(int(sessions.lengths[batch].max())):
            going = batch[sessions.lengths[batch] > step]
            who = sessions.users[going]
            wish = wishes[who].copy()
            if step:
                last = read[firsts[going] + step - 1]
                wish[:, SECTIONS : SECTIONS + LATENT] += LEADING * leads_to[last]
                wish[np.arange(len(going)), articles.sections[last] - 1] += SAME_SECTION
            logits = wish @ traits[active].T + log_appeal
            if step:
                logits += SAME_STORY * (articles.stories[active] == articles.stories[last][:, None])
            known = place[memory[who]]
            row, column = np.nonzero(known != PAD)
            logits[row, known[row, column]] = -np.inf
            chosen = active[_draw(rng, logits)]
            read[firsts[going] + step] = chosen
            memory[who, remembered[who] % MEMORY] = chosen
            remembered[who] += 1
    return read


def _ticks(sessions: Sessions) -> Iterator[tuple[int, Longs]]:
    """Each moment with sessions that start in the tick after it; two of one reader never share a batch."""
    ticks = sessions.starts // TICK
    edges = np.flatnonzero(np.r_[True, np.diff(ticks) > 0, True])
    for start, end in pairwise(edges.tolist()):
        rows = np.arange(start, end)
        while len(rows):
            _, unique = np.unique(sessions.users[rows], return_index=True)
            yield int(ticks[start]) * TICK, rows[np.sort(unique)]
            rows = np.delete(rows, unique)


def _appeal(articles: NewsArticles, now: int) -> tuple[Longs, Doubles]:
    """The articles that draw readers at a moment, and how strongly: a quick rise, then decay over the lifetime."""
    age = (now - articles.online) / HOUR
    alive = np.flatnonzero((age > 0) & (age < DRAWS_AGE / HOUR))
    age = age[alive]
    appeal = articles.appeal[alive] * (1 - np.exp(-age / 0.6)) * np.exp(-age / articles.lifetime[alive])
    enough = appeal > 1e-5 * appeal.sum()
    return alive[enough], appeal[enough]


def _article_traits(articles: NewsArticles, latent: Floats) -> Floats:
    """What a wish is multiplied with: section, latent traits, country. Shape (articles, 15 + 8 + countries + 1)."""
    section = articles.sections[:, None] == np.arange(1, SECTIONS + 1)
    country = articles.countries[:, None] == np.array([0, *COUNTRIES])
    return np.hstack([section, latent, country]).astype(np.float32)


def _reader_wishes(readers: Readers, likings: Floats) -> Floats:
    """The other side of ``_article_traits``, shape (readers, the same)."""
    theirs = readers.contexts[:, CONTEXT_FIELDS.index("country")][:, None]
    codes = np.array([0, *COUNTRIES])
    pull = np.where(codes == theirs, FOREIGN_PULL, FOREIGN_PUSH) * (codes != 0)
    return np.hstack([TASTE * np.log(readers.tastes), LIKING * likings, pull]).astype(np.float32)


def _draw(rng: np.random.Generator, logits: Floats) -> Longs:
    """One column for each row, drawn by softmax."""
    weights = np.exp(logits - logits.max(axis=1, keepdims=True))
    cumulated = np.cumsum(weights, axis=1)
    threshold = rng.random(len(logits), dtype=np.float32)[:, None] * cumulated[:, -1:]
    return np.minimum((cumulated <= threshold).sum(axis=1), logits.shape[1] - 1)


def _click_times(rng: np.random.Generator, sessions: Sessions) -> Longs:
    gaps = (rng.lognormal(np.log(55), 1.3, int(sessions.lengths.sum())) * 1000).astype(np.int64) + 2000
    firsts = np.cumsum(sessions.lengths) - sessions.lengths
    gaps[firsts] = rng.integers(0, 60_000, len(firsts))
    total = np.cumsum(gaps)
    before = np.repeat(total[firsts] - gaps[firsts], sessions.lengths)
    return np.repeat(sessions.starts, sessions.lengths) + total - before


def _write(
    folder: Path,
    articles: NewsArticles,
    readers: Readers,
    sessions: Sessions,
    read: Longs,
    times: Longs,
    days: int,
) -> None:
    (folder / "clicks").mkdir(parents=True, exist_ok=True)
    row = np.repeat(np.arange(len(sessions.users)), sessions.lengths)
    contexts = readers.contexts[sessions.users[row]]
    frame = pd.DataFrame(
        {
            "user_id": sessions.users[row],
            "session_id": sessions.starts[row] * 1000 + row % 1000,
            "session_start": sessions.starts[row],
            "session_size": sessions.lengths[row],
            "click_article_id": articles.ids[read],
            "click_timestamp": times,
            "click_environment": contexts[:, 4],
            "click_deviceGroup": contexts[:, 0],
            "click_os": contexts[:, 1],
            "click_country": contexts[:, 2],
            "click_region": contexts[:, 3],
            "click_referrer_type": contexts[:, 5],
        }
    )
    hour = (sessions.starts[row] - START) // HOUR
    edges = np.searchsorted(hour, np.arange(days * 24 + 1))
    for number in range(days * 24):
        part = frame.iloc[edges[number] : edges[number + 1]]
        part.to_csv(folder / "clicks" / f"clicks_hour_{number:03d}.csv", index=False, lineterminator="\n")
    pd.DataFrame(
        {
            "article_id": articles.ids,
            "category_id": articles.sections,
            "created_at_ts": articles.created,
            "publisher_id": 0,
            "words_count": articles.words,
            "title": articles.titles,
        }
    ).to_csv(folder / "articles_metadata.csv", index=False, lineterminator="\n")
    (folder / SETTINGS_FILE).write_text((files(__package__) / "dataset.toml").read_text("utf-8"), "utf-8")
