"""The checked log laid out in the work folder: users and articles as indices, in the order of time and by user."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any
from uuid import uuid4

import numpy as np
import pandas as pd
import pyarrow.parquet as parquet
from numpy.typing import NDArray
from pyspark import StorageLevel
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as sql

from recsys.artifacts.store import ARTICLE_COLUMNS
from recsys.core.entities import CONTEXT_FIELDS
from recsys.core.types import Longs
from recsys.data.articles import Articles
from recsys.data.click_log import ClickLog
from recsys.data.clicks import Clicks
from recsys.data.dataset_settings import DatasetSettings
from recsys.data.histories import Histories
from recsys.spark.reading import CheckedLog
from recsys.spark.session import partitions

ORDER = ["time", "file", "line"]
"""Rows of one moment follow each other as the files have them: the order of ``data.loader.load``."""
CLICKS, TEXTS_FILE = "clicks.parquet", "texts.json"


@dataclass(frozen=True)
class LaidOutLog(ClickLog):
    """A log whose columns are mapped into memory; every process that sees the folder can open it.

    Attributes:
        folder: where it is laid out.
        whole: the histories of the log as it was laid out.
        until: clicks before this are in the log, ms; None for all.
    """

    folder: Path
    whole: Histories
    until: int | None = None

    def before(self, time: int) -> LaidOutLog:
        """The log as it was at a moment."""
        return replace(self, clicks=self.clicks.before(time), until=time)

    @cached_property
    def histories(self) -> Histories:
        """Each user's clicks."""
        return self.whole if self.until is None else self.whole.before(self.until)

    def for_fitting(self, time: int) -> LaidOutLog:
        """The clicks before a moment, for those who ask for histories as of some click of these alone."""
        return replace(self, clicks=self.clicks.before(time))

    @classmethod
    def open(cls, folder: Path) -> LaidOutLog:
        """The log laid out in a folder."""

        def column(name: str) -> NDArray[Any]:
            return np.load(folder / f"{name}.npy", mmap_mode="r")

        columns: dict[str, Any] = {name: column(f"articles_{name}") for name in ARTICLE_COLUMNS}
        texts = json.loads((folder / TEXTS_FILE).read_text())
        articles = Articles(**columns, texts={name: np.array(own, object) for name, own in texts.items()})
        dataset = DatasetSettings.model_validate_json((folder / "dataset.json").read_text())
        clicks = Clicks(*(column(name) for name in ("users", "items", "times", "sessions", "contexts")))
        origin = int(clicks.times[0])
        histories = Histories(origin, column("by_user_offsets"), column("by_user_items"), column("by_user_starts"))
        return cls(dataset, articles, column("user_ids"), clicks, folder, histories)

    def on(self, spark: SparkSession) -> DataFrame:
        """The clicks for Spark: user, item, time, session, the fields of the context, file and line."""
        return spark.read.parquet(str(self.folder / CLICKS))


def lay_out(spark: SparkSession, checked: CheckedLog, work: Path) -> LaidOutLog:
    """Number users and articles as ``data.loader.load`` does, sort, and write."""
    _write_articles(checked, work)
    rows = checked.report.rows
    users = _numbered(checked.rows.select("user").distinct().sort("user")).persist(StorageLevel.DISK_ONLY)
    items = spark.createDataFrame(
        list(enumerate(checked.articles.ids.tolist())), "item int, article long"
    )  # the catalogue is small
    clicks = (
        checked.rows.withColumnRenamed("user", "id")
        .join(users.select(sql.col("user").alias("id"), sql.col("number").cast("int").alias("user")), "id")
        .join(sql.broadcast(items), "article")
        .select("user", "item", "session", *ORDER, *(sql.col(name).cast("short") for name in CONTEXT_FIELDS))
    )
    cut = partitions(spark, rows)
    clicks.repartitionByRange(cut, *ORDER).sortWithinPartitions(*ORDER).write.parquet(str(work / CLICKS))
    sorted_clicks = spark.read.parquet(str(work / CLICKS))
    by_user = sorted_clicks.select("user", "item", *ORDER).repartitionByRange(cut, "user", *ORDER)
    by_user.sortWithinPartitions("user", *ORDER).select("user", "item", "time").write.parquet(str(work / "by_user"))
    users.sort("number").select("user").write.parquet(str(work / "users"))
    users.unpersist()
    _as_arrays(work, rows - len(checked.report.bad))
    return LaidOutLog.open(work)


def fetched(frame: DataFrame, work: Path) -> pd.DataFrame:
    """A table of Spark's, in its order, by way of the work folder: the driver's JVM would have to hold it all."""
    folder = work / f"fetched-{uuid4().hex}"
    frame.write.parquet(str(folder))
    found = pd.read_parquet(folder)
    shutil.rmtree(folder)
    return found


def _numbered(frame: DataFrame) -> DataFrame:
    """A sorted table with a column ``number`` that counts its rows from 0."""
    # The upper bits of this id are the partition, the lower 33 count its rows.
    frame = frame.withColumn("position", sql.monotonically_increasing_id()).persist(StorageLevel.DISK_ONLY)
    lengths = {
        row.part: row["count"]
        for row in frame.groupBy((sql.shiftright("position", 33)).alias("part")).count().collect()
    }
    starts, start = {}, 0
    for part in sorted(lengths):
        starts[part], start = start, start + lengths[part]
    first = sql.create_map(*(sql.lit(number) for entry in starts.items() for number in entry))
    within = sql.col("position").bitwiseAND(sql.lit((1 << 33) - 1))
    return frame.withColumn("number", first[sql.shiftright("position", 33)] + within).drop("position")


def _write_articles(checked: CheckedLog, work: Path) -> None:
    articles = checked.articles
    for name in ARTICLE_COLUMNS:
        np.save(work / f"articles_{name}.npy", getattr(articles, name))
    texts = {name: own.tolist() for name, own in articles.texts.items()}
    (work / TEXTS_FILE).write_text(json.dumps(texts, ensure_ascii=False))
    (work / "dataset.json").write_text(checked.dataset.model_dump_json())


def _as_arrays(work: Path, clicks: int) -> None:
    """Columns as files that can be mapped into memory, written batch by batch."""
    kinds: dict[str, Any] = {"users": np.int32, "items": np.int32, "times": np.int64, "sessions": np.int64}
    kept = {name: _empty(work / f"{name}.npy", kind, (clicks,)) for name, kind in kinds.items()}
    contexts = _empty(work / "contexts.npy", np.int16, (clicks, len(CONTEXT_FIELDS)))
    for first, batch in _batches(work / CLICKS):
        for theirs, mine in (("user", "users"), ("item", "items"), ("time", "times"), ("session", "sessions")):
            kept[mine][first : first + batch.num_rows] = batch[theirs]
        for column, name in enumerate(CONTEXT_FIELDS):
            contexts[first : first + batch.num_rows, column] = batch[name]
    origin, last = int(kept["times"][0]), int(kept["times"][-1])
    narrow: Any = np.uint32 if last - origin <= np.iinfo(np.uint32).max else np.int64
    items = _empty(work / "by_user_items.npy", np.int32, (clicks,))
    offsets = _empty(work / "by_user_offsets.npy", narrow, (clicks,))
    users = sum(batch.num_rows for _, batch in _batches(work / "users"))
    ids = _empty(work / "user_ids.npy", np.int64, (users,))
    for first, batch in _batches(work / "users"):
        ids[first : first + batch.num_rows] = batch["user"]
    starts: Longs = np.zeros(users + 1, np.int64)
    for first, batch in _batches(work / "by_user"):
        items[first : first + batch.num_rows] = batch["item"]
        offsets[first : first + batch.num_rows] = batch["time"].to_numpy() - origin
        np.add.at(starts, batch["user"].to_numpy() + 1, 1)
    np.save(work / "by_user_starts.npy", np.cumsum(starts))


def _empty(file: Path, kind: Any, shape: tuple[int, ...]) -> NDArray[Any]:
    """An array to fill, mapped into memory.

    Raises:
        OSError: there is no space for it. Without asking now, the first page that finds none would kill the process.
    """
    array = np.lib.format.open_memmap(file, "w+", kind, shape)
    with file.open("r+b") as opened:
        os.posix_fallocate(opened.fileno(), 0, file.stat().st_size)
    return array


def _batches(folder: Path) -> Iterator[tuple[int, Any]]:
    """The batches of a table that Spark wrote, in its order, each with the number of its first row."""
    first = 0
    for part in sorted(folder.glob("part-*.parquet")):
        with parquet.ParquetFile(part) as file:
            for batch in file.iter_batches():
                yield first, batch
                first += batch.num_rows
