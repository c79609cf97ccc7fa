"""From a click log to a published set, with the work that grows with the log on Spark."""

from __future__ import annotations

import shutil
from pathlib import Path

from pyspark.sql import SparkSession
from pyspark.sql import functions as sql

from recsys import training
from recsys.artifacts import ArtifactSet
from recsys.data.clicklog import ClickLog
from recsys.data.loader import LoadReport
from recsys.domain import DAY, Codes
from recsys.engine import Engine
from recsys.errors import RecsysError
from recsys.evaluation.requests import Questions, questions
from recsys.ranking.rows import Rows
from recsys.retrieval.als import ALS
from recsys.retrieval.base import Report, Retriever
from recsys.retrieval.item_cf import ItemCF
from recsys.retrieval.live import LiveArticles
from recsys.retrieval.popularity import Popularity
from recsys.retrieval.trained_towers import TrainedTowers
from recsys.retrieval.two_tower import TwoTower
from recsys.spark import counting, learning
from recsys.spark.layout import ORDER, LaidOutLog, fetched, lay_out
from recsys.spark.reading import read
from recsys.spark.session import connected
from recsys.training import Trained

ASKED = 4_000_000
"""Clicks that questions are drawn from: where the last days have more, so many of their sessions, drawn by a hash."""


class OnSpark:
    """The ``Backend`` that leaves to a cluster what grows with the log."""

    def __init__(self, spark: SparkSession, log: LaidOutLog) -> None:
        self._spark = spark
        self._whole = log

    def questions(self, log: ClickLog, start: int) -> Questions:
        """Those of an even share of the sessions, where there are very many."""
        recent = self._whole.on(self._spark).filter(sql.col("time").between(start - DAY, int(log.clicks.times[-1])))
        share = int(1000 * ASKED / max(recent.count(), ASKED))
        some = recent.filter(sql.pmod(sql.xxhash64("session"), sql.lit(1000)) < share)
        clicks = counting.as_clicks(fetched(some.sort(*ORDER), self._whole.folder))
        asked = questions(ClickLog(log.settings, log.articles, log.user_ids, clicks))
        return asked.rows(asked.openings >= start)

    def live(self, log: ClickLog, moment: int, within: int) -> LiveArticles:
        """By article."""
        return counting.live_articles(self._spark, self._whole, moment, within)

    def contexts(self, log: ClickLog, moment: int) -> Codes:
        """By user."""
        return counting.last_contexts(self._spark, self._whole, moment)

    def fit(self, kind: type[Retriever], log: ClickLog, live: LiveArticles, report: Report) -> Retriever:
        """Each retriever in its own way."""
        if kind is Popularity:
            return counting.popularity(self._spark, self._whole, live)
        if kind is ItemCF:
            return counting.item_cf_counts(self._spark, self._whole, live)
        if kind is ALS:
            return learning.fit_als(self._spark, self._whole, live)
        if kind is TwoTower:
            weights = learning.train_towers(self._spark, self._whole, live.moment)
            return TwoTower.around(
                TrainedTowers.start(log.articles, weights), self._whole.for_fitting(live.moment), live
            )
        return kind.fit(log.before(live.moment), live, report)

    def rows(self, engine: Engine, asked: Questions, features: tuple[str, ...], report: Report) -> Rows:
        """By stretches of time."""
        return learning.rows(self._spark, engine, asked, features, self._whole.folder)


def train_and_save(
    data: str,
    out: Path,
    until: int | None,
    replay_hours: int,
    skip_bad_rows: bool = False,
    *,
    master: str | None = None,
    work: Path | None = None,
    settings: dict[str, str] | None = None,
    show: bool = True,
) -> tuple[ClickLog, LoadReport, Trained, ArtifactSet]:
    """As ``recsys.training.train_and_save``.

    ``data`` may be on any filesystem that Spark reads. ``master`` is the cluster's address, such as
    ``spark://host:7077``; all cores of this machine where left out. ``work`` is a folder that the executors see too,
    beside ``out`` where left out; what is made in it is cleared away before and after. ``settings`` are Spark's own.

    Raises:
        RecsysError: a job failed, or the disk is full; nothing is published then.
    """
    work = out.absolute().parent / f".{out.name}.work" if work is None else work.absolute() / "recsys-work"
    shutil.rmtree(work, ignore_errors=True)
    try:
        work.mkdir(parents=True)
        with connected(master, settings) as spark:
            checked = read(spark, data, work, skip_bad_rows=skip_bad_rows)
            log = lay_out(spark, checked, work)
            trained = training.train(
                log, until=until, replay_hours=replay_hours, show=show, backend=OnSpark(spark, log)
            )
        return log, checked.report, trained, training.publish(out, log, trained)
    except OSError as error:
        raise RecsysError(f"{work}: {error.strerror}. Nothing was published.") from None
    finally:
        shutil.rmtree(work, ignore_errors=True)
