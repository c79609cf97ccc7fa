"""Reads and checks a click log on Spark: every file by the reader that reads it alone, on whichever executor has it."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pandas as pd
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as sql

from recsys.data.articles import Articles
from recsys.data.dataset_settings import SETTINGS_FILE, DatasetSettings
from recsys.data.embeddings import embeddings_files, embeddings_of
from recsys.data.loader import LoadReport
from recsys.data.reading.article_files import read_articles
from recsys.data.reading.clicks import read_clicks
from recsys.data.reading.file_table import BadRow
from recsys.data.reading.resolve import settings_alone
from recsys.data.reading.rows import ROLES, SAME, Forms, columns_of, rows_of, summary
from recsys.data.reading.source import SourceFile
from recsys.errors import DataError

METADATA_FILE = "articles_metadata.csv"
SHUFFLED_BYTES = 32_000_000
"""Of the files for each partition of a shuffle: Spark's 200 are too many for a small log, and too few for a large."""
_CELLS = [*(f"{name} long" for name in ROLES), "file int", "line int"]
RAW = ", ".join([*_CELLS, "reason string", "unreadable boolean"])


@dataclass(frozen=True)
class CheckedLog:
    """The sound rows of a log: our columns, and ``file`` and ``line``, by which rows of one moment are in order."""

    dataset: DatasetSettings
    articles: Articles
    rows: DataFrame
    report: LoadReport


def read(spark: SparkSession, folder: str, work: Path, *, skip_bad_rows: bool) -> CheckedLog:
    """Read a log from any filesystem that Spark reads.

    Raises:
        DataError: as ``data.loader.load``.
    """
    with TemporaryDirectory() as local:
        home, names, size = _click_files(spark, folder, Path(local))
        shuffled = max(spark.sparkContext.defaultParallelism, size // SHUFFLED_BYTES)
        spark.conf.set("spark.sql.shuffle.partitions", str(shuffled))
        dataset = settings_alone(Path(local))
        raw = _parsed(spark, home, names, dataset, work / "raw.parquet")
        bad = _bad_rows(raw, names)
        twice = _repeated(raw)
        repeated = twice.count()
        if bad and not skip_bad_rows:
            raise DataError(f"{folder}: {summary(bad)}. With --skip-bad-rows they are left out and counted.")
        sound = raw.filter("reason is null").join(twice, ["file", "line"], "left_anti").drop("reason", "unreadable")
        counted = {row.file: row["count"] for row in sound.groupBy("file").count().collect()}
        if not counted:
            raise DataError(f"{folder}: no click is left in {len(names)} files.")
        with_rows = counted.keys() | {names.index(row.file) for row in bad}
        notes = [f"{name} has a header and no rows" for file, name in enumerate(names) if file not in with_rows]
        ids = np.sort(sound.select("article").distinct().toPandas()["article"].to_numpy(np.int64))
        metadata = Path(local) / METADATA_FILE
        files = [SourceFile(METADATA_FILE, metadata.read_bytes)] if metadata.is_file() else []
        described = read_articles(files, dataset, ids, are_names=False)
        embeddings, more = embeddings_of(Path(local), ids)
        articles = replace(described.articles, embeddings=embeddings)
        read = sum(counted.values()) + len(bad) + repeated
        report = LoadReport(len(names), read, bad, repeated, [*notes, *described.notes, *more])
        return CheckedLog(dataset, articles, sound, report)


def _click_files(spark: SparkSession, folder: str, local: Path) -> tuple[str, list[str], int]:
    """The click files' folder, their names, sorted, and bytes; the files about the log itself are copied here."""
    jvm: Any = spark._jvm
    path = jvm.org.apache.hadoop.fs.Path(folder)
    files = path.getFileSystem(spark._jsc.hadoopConfiguration())
    if not files.exists(path) or not files.getFileStatus(path).isDirectory():
        raise DataError(f"{folder} is not a folder.")

    def inside(place: Any) -> dict[str, Any]:
        return {status.getPath().getName(): status for status in files.listStatus(place)}

    top = inside(path)
    for name in (SETTINGS_FILE, METADATA_FILE, *embeddings_files()):
        if name in top:
            files.copyToLocalFile(top[name].getPath(), jvm.org.apache.hadoop.fs.Path(str(local / name)))
    within = "clicks" in top and top["clicks"].isDirectory()
    home = top["clicks"].getPath() if within else path
    sizes = {name: int(status.getLen()) for name, status in inside(home).items() if is_click_file(name)}
    names = sorted(sizes)
    if not names:
        raise DataError(f"{folder} has no .csv or .parquet file of clicks.")
    return home.toString(), [f"clicks/{name}" if within else name for name in names], sum(sizes.values())


def _parsed(spark: SparkSession, home: str, names: list[str], dataset: DatasetSettings, kept: Path) -> DataFrame:
    """The rows of all files as they came, sound and bad; kept, because several look through them."""
    numbers = {name.rsplit("/", 1)[-1]: file for file, name in enumerate(names)}
    content = spark.read.format("binaryFile").load([f"{home}/{name}" for name in numbers]).select("path", "content")
    parse = functools.partial(_parse, numbers=numbers, names=names, dataset=dataset)
    content.mapInPandas(parse, RAW).write.mode("overwrite").parquet(str(kept))
    return spark.read.schema(RAW).parquet(str(kept))


def _parse(
    batches: Iterator[pd.DataFrame], numbers: dict[str, int], names: list[str], dataset: DatasetSettings
) -> Iterator[pd.DataFrame]:
    for batch in batches:
        for path, content in zip(batch["path"], batch["content"], strict=True):
            number = numbers[path.rsplit("/", 1)[-1]]
            yield from _parse_file(content, number, names[number], dataset)


def _parse_file(content: bytes, number: int, name: str, dataset: DatasetSettings) -> Iterator[pd.DataFrame]:
    try:
        file = read_clicks(SourceFile(name, lambda: content), dataset)
        if "session" not in file.table.column_names:
            raise DataError(f"{name} has no column {dataset.columns.session}, which a log needs on Spark.")
        rows = rows_of([file], columns_of([file]), dataset, Forms(), all_of_log=False)
    except DataError as error:
        yield _as_bad([BadRow(name, 0, str(error))], number, unreadable=True)
        return
    if rows.bad:
        yield _as_bad(rows.bad, number, unreadable=False)
    line = rows.frame.index.to_numpy(np.int32)
    yield rows.frame.assign(file=np.int32(number), line=line, reason=None, unreadable=False)


def is_click_file(name: str) -> bool:
    """Whether a file of this name, in the folder of a log, holds clicks."""
    return name.endswith((".csv", ".parquet")) and not name.startswith(("articles_", "."))


def _as_bad(bad: list[BadRow], number: int, *, unreadable: bool) -> pd.DataFrame:
    lines, reasons = [row.line for row in bad], [row.reason for row in bad]
    empty = dict.fromkeys(ROLES, 0)
    return pd.DataFrame({**empty, "file": number, "line": lines, "reason": reasons, "unreadable": unreadable})


def _bad_rows(raw: DataFrame, names: list[str]) -> list[BadRow]:
    """The bad rows in order.

    Raises:
        DataError: a file is not a file of clicks.
    """
    found = (
        raw.filter("reason is not null").sort("file", "line").select("file", "line", "reason", "unreadable").collect()
    )
    for row in found:
        if row.unreadable:
            raise DataError(row.reason)
    return [BadRow(names[row.file], row.line, row.reason) for row in found]


def _repeated(raw: DataFrame) -> DataFrame:
    """Sound rows that say the same as an earlier one: their ``file`` and ``line``."""
    place = sql.struct("file", "line")
    first = raw.filter("reason is null").groupBy(*SAME).agg(sql.collect_list(place).alias("places"))
    later = first.filter(sql.size("places") > 1).select(sql.explode(sql.slice(sql.array_sort("places"), 2, 1 << 30)))
    return later.select("col.file", "col.line")


def whole(task: Callable[[pd.DataFrame], pd.DataFrame]) -> Callable[[Iterator[pd.DataFrame]], Iterator[pd.DataFrame]]:
    """For ``mapInPandas``: a task that gets each partition as one table; nothing for an empty partition."""

    def run(batches: Iterator[pd.DataFrame]) -> Iterator[pd.DataFrame]:
        if found := list(batches):
            yield task(pd.concat(found, ignore_index=True))

    return run
