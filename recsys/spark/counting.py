"""Counts, on partitions that have all clicks of an article, of a session, or of a pair: by the engine's own code.

A decayed count depends on the events of its own key and on the clock, in the order of the events. So a partition
with all of a key's events gets, bit for bit, what one process with the whole log gets.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as sql

from recsys.artifacts.store import LIVE_COLUMNS
from recsys.core.arrays import pair_keys
from recsys.core.entities import CONTEXT_FIELDS
from recsys.core.types import HOUR, Arrays, Codes, Doubles, Longs
from recsys.data.click_log import ClickLog
from recsys.data.clicks import Clicks
from recsys.retrieval.decayed_counts import DecayedCounts
from recsys.retrieval.item_cf.pairs import pairs
from recsys.retrieval.item_cf.retriever import ItemCF
from recsys.retrieval.item_cf.session_knn import RecentSessions
from recsys.retrieval.item_cf.settings import ItemCFSettings
from recsys.retrieval.live_articles import LiveArticles, LiveArticlesSettings
from recsys.retrieval.popularity.families import FAMILIES
from recsys.retrieval.popularity.retriever import Popularity
from recsys.retrieval.popularity.settings import PopularitySettings
from recsys.spark.layout import ORDER, LaidOutLog, fetched
from recsys.spark.reading import whole
from recsys.spark.session import partitions

Task = Callable[[pd.DataFrame], pd.DataFrame]


def live_articles(spark: SparkSession, settings: LiveArticlesSettings, log: LaidOutLog, moment: int) -> LiveArticles:
    """When each article was clicked before a moment."""
    schema = "item int, clicks long, first long, tenth long, last long"
    task = partial(_live, folder=log.folder, moment=moment)
    found = fetched(_by(spark, _between(spark, log, None, moment), "item", task, schema), log.folder)
    none = LiveArticles.start(settings, log.articles, moment)
    columns = {name: getattr(none, name).copy() for name in LIVE_COLUMNS}
    for name, column in columns.items():
        column[found["item"]] = found[name]
    return replace(none, **columns)


def last_contexts(spark: SparkSession, log: LaidOutLog, moment: int) -> Codes:
    """The context of each user's last click before a moment, shape (users, 6)."""
    context = sql.max_by(sql.struct(*CONTEXT_FIELDS), sql.struct(*ORDER)).alias("context")
    last = _between(spark, log, None, moment).groupBy("user").agg(context).select("user", "context.*")
    found = fetched(last, log.folder)
    contexts = np.zeros((len(log.user_ids), len(CONTEXT_FIELDS)), np.int16)
    contexts[found["user"]] = found[list(CONTEXT_FIELDS)]
    return contexts


def fit_popularity(
    spark: SparkSession, settings: PopularitySettings, log: LaidOutLog, live: LiveArticles
) -> Popularity:
    """Contextual popularity: each partition has all clicks of its articles, and fits on them."""
    clicks = _between(spark, log, live.moment - settings.memory_hours * HOUR, live.moment)
    task = partial(_popularity, settings=settings, folder=log.folder, moment=live.moment)
    counted = _by(spark, clicks, "item", task, "family int, key long, counts array<double>")
    found = fetched(counted, log.folder)
    empty = Popularity.fit(settings, log.before(0), live, lambda _: None).state()
    state = dict(empty)
    for number, family in enumerate(FAMILIES):
        state |= _merged(found[found["family"] == number], f"{family}_", empty)
    return Popularity.restore(settings, state, live)


def fit_item_cf(spark: SparkSession, settings: ItemCFSettings, log: LaidOutLog, live: LiveArticles) -> ItemCF:
    """Co-visitation: pairs come from partitions of whole sessions, and are counted in partitions of whole pairs."""
    start = live.moment - settings.memory_hours * HOUR
    clicks = _between(spark, log, start, live.moment)
    cut = partitions(spark, clicks.count())
    count = partial(_count, settings=settings, start=start, moment=live.moment)
    counted = (
        clicks.repartition(cut, "session")
        .sortWithinPartitions(*ORDER)
        .mapInPandas(
            whole(partial(_pairs, settings=settings)),
            "key long, time long, file int, line int, step int, weight double",
        )
        .repartition(cut, "key")
        .sortWithinPartitions(*ORDER, "step")
        .mapInPandas(whole(count), "key long, counts array<double>")
    )
    found = fetched(counted, log.folder)
    memory = settings.session_knn.memory_hours * HOUR
    recent = RecentSessions.of(log.clicks.between(live.moment - memory, live.moment))
    counts = DecayedCounts.start(settings.half_lives, live.moment, settings.floor)
    empty = ItemCF.start(settings, live, counts, recent).state()
    return ItemCF.restore(settings, {**empty, **_merged(found, "", empty)}, live)


def as_clicks(frame: pd.DataFrame) -> Clicks:
    """A partition's rows."""
    contexts = np.column_stack([frame[name].to_numpy(np.int16) for name in CONTEXT_FIELDS])
    users, items = frame["user"].to_numpy(np.int32), frame["item"].to_numpy(np.int32)
    return Clicks(users, items, frame["time"].to_numpy(np.int64), frame["session"].to_numpy(np.int64), contexts)


def _between(spark: SparkSession, log: LaidOutLog, start: int | None, end: int) -> DataFrame:
    clicks = log.on(spark).filter(sql.col("time") < end)
    return clicks if start is None else clicks.filter(sql.col("time") >= start)


def _by(spark: SparkSession, clicks: DataFrame, key: str, task: Task, schema: str) -> DataFrame:
    """A task on partitions that each have all clicks of their keys, in the order of time."""
    cut = partitions(spark, clicks.count())
    return clicks.repartition(cut, key).sortWithinPartitions(*ORDER).mapInPandas(whole(task), schema)


def _live(frame: pd.DataFrame, folder: Path, moment: int) -> pd.DataFrame:
    none = LiveArticles.start(LiveArticlesSettings(), LaidOutLog.open(folder).articles, moment)
    live = none.advance(as_clicks(frame), moment)
    items = np.flatnonzero(live.clicks).astype(np.int32)
    return pd.DataFrame({"item": items, **{name: getattr(live, name)[items] for name in LIVE_COLUMNS}})


def _popularity(frame: pd.DataFrame, settings: PopularitySettings, folder: Path, moment: int) -> pd.DataFrame:
    log = LaidOutLog.open(folder)
    own = ClickLog(log.dataset, log.articles, log.user_ids, as_clicks(frame))
    live = LiveArticles.start(LiveArticlesSettings(), log.articles, moment)
    fitted = Popularity.fit(settings, own, live, lambda _: None)
    tables = [_as_rows(fitted.counts[family]).assign(family=number) for number, family in enumerate(FAMILIES)]
    return pd.concat(tables)[["family", "key", "counts"]]


def _pairs(frame: pd.DataFrame, settings: ItemCFSettings) -> pd.DataFrame:
    clicks = RecentSessions.of(as_clicks(frame))
    before, after, weights = pairs(settings, clicks)
    order = frame[ORDER].iloc[after].reset_index(drop=True)
    # Among the pairs of one later click those with the nearest earlier one come first, as in ``item_cf.pairs``.
    step = np.arange(len(after)) - np.searchsorted(after, after)
    return order.assign(key=pair_keys(clicks.items[before], clicks.items[after]), step=step, weight=weights)[
        ["key", *ORDER, "step", "weight"]
    ]


def _count(frame: pd.DataFrame, settings: ItemCFSettings, start: int, moment: int) -> pd.DataFrame:
    keys, times = frame["key"].to_numpy(np.int64), frame["time"].to_numpy(np.int64)
    weights = frame["weight"].to_numpy(float)[None, :]
    counts = DecayedCounts.start(settings.half_lives, start, settings.floor)
    return _as_rows(counts.advance(keys, times, weights, moment))


def _as_rows(counts: DecayedCounts) -> pd.DataFrame:
    return pd.DataFrame({"key": counts.table.keys, "counts": list(counts.table.values.T)})


def _merged(rows: pd.DataFrame, prefix: str, empty: Arrays) -> dict[str, Longs | Doubles]:
    """The rows of all partitions, which have no key in common, as the state of one table of counts."""
    rows = rows.sort_values("key")
    channels = len(empty[f"{prefix}half_lives"])
    values = np.array(rows["counts"].tolist(), float).reshape(-1, channels).T
    return {f"{prefix}keys": rows["key"].to_numpy(np.int64), f"{prefix}values": np.ascontiguousarray(values)}
