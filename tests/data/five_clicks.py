"""Five clicks, to be written in the ways in which people write them."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from recsys.data.click_log import ClickLog
from tests.helpers import T0

SECONDS = T0 // 1000
READERS, SESSIONS, ARTICLES = [7, 3, 7, 9, 3], [1, 2, 1, 3, 2], [20, 20, 21, 22, 20]
AT = [0, 60, 120, 180, 240]


def clicks(**changes: object) -> pd.DataFrame:
    """Five clicks under the published names."""
    frame = pd.DataFrame(
        {
            "user_id": READERS,
            "session_id": SESSIONS,
            "click_article_id": ARTICLES,
            "click_timestamp": [T0 + 1000 * second for second in AT],
            "click_deviceGroup": [1, 3, 1, 3, 3],
            "click_os": [17, 2, 17, 2, 2],
            "click_country": [1, 1, 1, 10, 1],
        }
    )
    return frame.assign(**changes)


def written(folder: Path, frame: pd.DataFrame, name: str = "c.csv", **how: object) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    frame.to_csv(folder / name, index=False, **how)  # type: ignore[call-overload]
    return folder


def told(log: ClickLog) -> list[tuple[object, object, int]]:
    """Who opened what when, with ids as the log has them."""
    names, own = log.names, log.clicks
    users, articles = log.user_ids[own.users].tolist(), log.articles.ids[own.items].tolist()
    return [
        (names.user(user), names.article(article), (time - T0) // 1000)
        for user, article, time in zip(users, articles, own.times.tolist(), strict=True)
    ]


SAME = list(zip(READERS, ARTICLES, AT, strict=True))
