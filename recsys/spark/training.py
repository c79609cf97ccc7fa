"""From a click log to a published set, with the work that grows with the log on Spark."""

from __future__ import annotations

import shutil
from importlib import import_module
from pathlib import Path
from typing import cast

from pyspark.sql import SparkSession
from pyspark.sql import functions as sql

from recsys.artifacts.artifact_set import ArtifactSet
from recsys.core.progress import Report
from recsys.core.types import DAY, Codes
from recsys.data.click_log import ClickLog
from recsys.data.loader import LoadReport
from recsys.data.next_click import NextClickTasks, next_click_tasks
from recsys.engine.candidates import CandidateEngine
from recsys.errors import RecsysError
from recsys.ranking.training_set import TrainingSet
from recsys.retrieval.base import Retriever
from recsys.retrieval.live_articles import LiveArticles, LiveArticlesSettings
from recsys.retrieval.registry import RETRIEVERS
from recsys.spark import counting, learning
from recsys.spark.layout import ORDER, LaidOutLog, fetched, lay_out
from recsys.spark.reading import read
from recsys.spark.session import connected
from recsys.training import pipeline
from recsys.training.backend import LOCAL, Fit
from recsys.training.pipeline import TrainedEngine
from recsys.training.settings import TrainingSettings

MOST_TASKS = 4_000_000
"""Clicks that tasks are drawn from: where the last days have more, so many of their sessions, drawn by a hash."""


class SparkBackend:
    """The ``Backend`` that leaves to a cluster what grows with the log."""

    fits_at_once = 1
    """The cluster is busy with one."""

    def __init__(self, spark: SparkSession, log: LaidOutLog) -> None:
        self._spark = spark
        self._whole = log

    def tasks(self, log: ClickLog, start: int) -> NextClickTasks:
        """Those of an even share of the sessions, where there are very many."""
        recent = self._whole.on(self._spark).filter(sql.col("time").between(start - DAY, int(log.clicks.times[-1])))
        share = int(1000 * MOST_TASKS / max(recent.count(), MOST_TASKS))
        some = recent.filter(sql.pmod(sql.xxhash64("session"), sql.lit(1000)) < share)
        clicks = counting.as_clicks(fetched(some.sort(*ORDER), self._whole.folder))
        tasks = next_click_tasks(ClickLog(log.dataset, log.articles, log.user_ids, clicks))
        return tasks.rows(tasks.openings >= start)

    def live(self, settings: LiveArticlesSettings, log: ClickLog, moment: int) -> LiveArticles:
        """By article."""
        return counting.live_articles(self._spark, settings, self._whole, moment)

    def contexts(self, log: ClickLog, moment: int) -> Codes:
        """By user."""
        return counting.last_contexts(self._spark, self._whole, moment)

    def fit(self, wanted: Fit, report: Report) -> Retriever:
        """As the registry says; a retriever that has no way of its own on Spark is fitted by the driver."""
        entry = RETRIEVERS.get(wanted.kind.name)
        if entry is None or entry.spark_fit is None or entry.kind is not wanted.kind:
            return LOCAL.fit(wanted, report)
        named, begin_with = entry.spark_fit, cast(object, wanted.settings)
        if wanted.before is not None and entry.spark_refit is not None:
            named, begin_with = entry.spark_refit, wanted.before
        module, _, function = named.partition(":")
        fit = getattr(import_module(module), function)
        return cast(Retriever, fit(self._spark, begin_with, self._whole, wanted.live))

    def training_set(self, engine: CandidateEngine, tasks: NextClickTasks, report: Report) -> TrainingSet:
        """By stretches of time."""
        return learning.training_set(self._spark, engine, tasks, self._whole.folder)


def train_and_save(
    data: str,
    out: Path,
    settings: TrainingSettings | None = None,
    *,
    until: int | None = None,
    replay_hours: int | None = None,
    skip_bad_rows: bool = False,
    master: str | None = None,
    work: Path | None = None,
    spark_settings: dict[str, str] | None = None,
    show: bool = True,
) -> tuple[ClickLog, LoadReport, TrainedEngine, ArtifactSet]:
    """As ``recsys.training.pipeline.train_and_save``.

    ``data`` may be on any filesystem that Spark reads. ``master`` is the cluster's address, such as
    ``spark://host:7077``, by default all cores of this machine. ``work`` is a folder that the executors see too, by
    default one beside ``out``; what is made in it is cleared away before and after.

    Raises:
        RecsysError: a job failed, or the disk is full; nothing is published then.
    """
    work = out.absolute().parent / f".{out.name}.work" if work is None else work.absolute() / "recsys-work"
    shutil.rmtree(work, ignore_errors=True)
    try:
        work.mkdir(parents=True)
        with connected(master, spark_settings) as spark:
            checked = read(spark, data, work, skip_bad_rows=skip_bad_rows)
            log = lay_out(spark, checked, work)
            backend = SparkBackend(spark, log)
            trained = pipeline.train(log, settings, until=until, replay_hours=replay_hours, show=show, backend=backend)
        return log, checked.report, trained, pipeline.publish(out, log, trained)
    except OSError as error:
        raise RecsysError(f"{work}: {error.strerror}. Nothing was published.") from None
    finally:
        shutil.rmtree(work, ignore_errors=True)
