"""The replay hours: the tables of Replay."""

from __future__ import annotations

import numpy as np
import pandas as pd

from recsys.analysis.replay import Timeline, clicks_in_spans, next_clicks, rising
from recsys.core.arrays import ranks_of
from recsys.core.entities import ENSEMBLE, Request
from recsys.core.types import MINUTE, Doubles, Ints
from recsys.engine.engine import Engine
from recsys.engine.recommendation import Recommendation
from recsys.retrieval.moment import Moment
from recsys.retrieval.popularity.retriever import Popularity

MOST_VISITORS = 30
"""Of those who come next, at most this many are shown."""


def popular(engine: Engine, answer: Recommendation, depth: int) -> pd.DataFrame:
    """What is read most now, and its rank in the visitor's list; clicks half an hour old count half."""
    items, clicks = _most_read(engine.at(answer.as_of), depth)
    table = _articles(engine, answer, items)
    table.insert(2, "clicks", clicks.round(1))
    return table


def fastest(engine: Engine, answer: Recommendation, depth: int) -> pd.DataFrame:
    """What rose most in the last hour, and its rank in the visitor's list."""
    found = rising(engine.at(answer.as_of), depth)
    table = _articles(engine, answer, found.items)
    table.insert(2, "clicks", found.clicks)
    table.insert(3, "hour_before", found.before)
    return table


def happened(engine: Engine, as_of: int, minutes: int, first: int) -> tuple[pd.DataFrame, int]:
    """What visitors really opened in the next minutes, and its rank in their own lists as of now.

    Returns:
        One row a visitor who came, at most ``MOST_VISITORS``: when, who, what, its rank in their final list
        (missing beyond the ``first``) and in the most-read list; and how many came in all.
    """
    clicks = next_clicks(engine, as_of, as_of + minutes * MINUTE)
    shown = clicks.rows(slice(0, MOST_VISITORS))
    users = engine.user_ids[shown.users].tolist()
    moment = engine.at(as_of)
    ranking = engine.rank([Request(user_id=user, as_of=as_of) for user in users], moment)
    most_read, _ = _most_read(moment, first)
    table = pd.DataFrame(
        {
            "moment": pd.to_datetime(shown.times, unit="ms", utc=True),
            "visitor": users,
            "article": [engine.title(item) for item in shown.items.tolist()],
            ENSEMBLE: _listed(ranks_of(shown.items, ranking.top(first))),
            "popular": _listed(ranks_of(shown.items, np.tile(most_read, (len(shown), 1)))),
        }
    )
    return table, len(clicks)


def life(engine: Engine, film: Timeline, item: int) -> pd.DataFrame:
    """An article through the day: clicks in each span of the film, and its rank in every list at the span's end."""
    clicks = clicks_in_spans(engine, item, film.moments)
    ranks = {name: _listed(found[1:]) for name, found in film.ranks(item).items()}
    moments = pd.to_datetime(film.moments[1:], unit="ms", utc=True)
    return pd.DataFrame({"moment": moments, "clicks": clicks, **ranks})


def by_minute(engine: Engine, item: int) -> pd.DataFrame:
    """An article's clicks in every minute of the replay hours."""
    edges = np.arange(engine.start.time, engine.end + MINUTE, MINUTE)
    clicks = clicks_in_spans(engine, item, edges)
    return pd.DataFrame({"moment": pd.to_datetime(edges[:-1], unit="ms", utc=True), "clicks": clicks})


def _most_read(moment: Moment, most: int) -> tuple[Ints, Doubles]:
    """The articles read most now, and their clicks; those half an hour old count half."""
    popularity = moment.get(Popularity)
    clicks = popularity.clicks_now[popularity.settings.overall_channel(0.5)]
    best = np.argsort(-clicks, kind="stable")[:most]
    return popularity.live.items[best], clicks[best]


def _articles(engine: Engine, answer: Recommendation, items: np.ndarray) -> pd.DataFrame:
    ids = engine.articles.ids[items].tolist()
    ranks = [answer.ranks_of(one)[ENSEMBLE] for one in ids]
    titles = [engine.title(item) for item in items.tolist()]
    return pd.DataFrame({"article_id": ids, "article": titles, "in_list": _listed(np.array(ranks, np.int64))})


def _listed(ranks: np.ndarray) -> pd.Series:
    """Ranks, with 0 as missing."""
    column = pd.Series(ranks, dtype="Int64")
    return column.mask(column == 0)
