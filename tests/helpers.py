"""Small logs made by hand."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from recsys.core.batches import Visitors
from recsys.core.types import HOUR
from recsys.data.articles import UNDATED, Articles
from recsys.data.click_log import ClickLog
from recsys.data.clicks import Clicks
from recsys.data.dataset_settings import DatasetSettings
from recsys.retrieval.live_articles import LiveArticles, LiveArticlesSettings

T0 = 1_506_826_800_000
"""The first moment of the logs made here: a full hour."""

DATASET = DatasetSettings(name="tiny", title="Tiny")
DESKTOP_US = (1, 17, 1, 1, 4, 1)
PHONE_DE = (3, 2, 10, 0, 4, 1)

Row = tuple[int, int, int, float] | tuple[int, int, int, float, tuple[int, ...]]


def tiny_log(rows: Sequence[Row], articles: int = 8, users: int = 8) -> ClickLog:
    """A log from (user, session, article, hours after T0[, context]); the ids are the indices."""
    rows = sorted(rows, key=lambda row: row[3])
    contexts = [row[4] if len(row) > 4 else DESKTOP_US for row in rows]
    clicks = Clicks(
        users=np.array([row[0] for row in rows], np.int32),
        items=np.array([row[2] for row in rows], np.int32),
        times=np.array([T0 + round(row[3] * HOUR) for row in rows], np.int64),
        sessions=np.array([row[1] for row in rows], np.int64),
        contexts=np.array(contexts, np.int16).reshape(-1, 6),
    )
    catalogue = Articles(
        ids=np.arange(articles, dtype=np.int64),
        sections=(np.arange(articles) % 3).astype(np.int32),
        published=np.full(articles, UNDATED, np.int64),
        words=np.zeros(articles, np.int32),
    )
    return ClickLog(DATASET, catalogue, np.arange(users, dtype=np.int64), clicks)


def live_at(log: ClickLog, hours: float) -> LiveArticles:
    """The live articles so many hours after T0."""
    moment = T0 + round(hours * HOUR)
    return LiveArticles.start(LiveArticlesSettings(), log.articles, T0).advance(log.clicks.before(moment), moment)


def visitors_at(
    log: ClickLog,
    users: Sequence[int],
    hours: float,
    context: tuple[int, ...] = DESKTOP_US,
    *,
    repeats: bool = False,
) -> Visitors:
    """Visitors with the histories that the log has of them; user -1 has none."""
    return log.histories.visitors(
        np.array(users, np.int32),
        np.full(len(users), T0 + round(hours * HOUR)),
        np.tile(np.array(context, np.int16), (len(users), 1)),
        20,
        repeats=repeats,
    )


COLUMNS = [
    "user_id", "session_id", "session_start", "session_size", "click_article_id", "click_timestamp",
    "click_environment", "click_deviceGroup", "click_os", "click_country", "click_region", "click_referrer_type",
]  # fmt: skip


def write_clicks(folder: Path, rows: Sequence[Sequence[object]], name: str = "clicks_hour_000.csv") -> Path:
    """A file of clicks from (user, session, article, time); the other columns are filled in."""
    (folder / "clicks").mkdir(parents=True, exist_ok=True)
    path = folder / "clicks" / name
    full = [[user, session, T0, 2, article, time, 4, 1, 17, 1, 1, 1] for user, session, article, time in rows]
    pd.DataFrame(full, columns=COLUMNS, dtype=object).to_csv(path, index=False)
    return path
