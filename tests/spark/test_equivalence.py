"""What Spark counts is, bit for bit, what one process counts."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from recsys.core.types import DAY, HOUR
from recsys.data.click_log import ClickLog
from recsys.data.loader import load
from recsys.ranking.ensemble import DEFAULT
from recsys.retrieval.base import Retriever
from recsys.retrieval.item_cf.retriever import ItemCF
from recsys.retrieval.live_articles import LiveArticles
from recsys.retrieval.popularity.retriever import Popularity
from recsys.spark.layout import LaidOutLog
from recsys.spark.training import SparkBackend
from recsys.training.backend import Fit, LocalBackend
from tests.spark.conftest import lay_out_folder

if TYPE_CHECKING:
    from pyspark.sql import SparkSession


def assert_same(spark: SparkSession, log: ClickLog, laid_out: LaidOutLog) -> None:
    """Histories, counts, co-visitation and contexts of a log are the same both ways."""
    assert laid_out.fingerprint == log.fingerprint
    assert laid_out.end == log.end
    same(laid_out.histories, log.histories, "offsets", "items", "starts")
    here, there = LocalBackend(), SparkBackend(spark, laid_out)
    moment = log.end - DAY + HOUR // 3
    same(laid_out.before(moment).histories, log.before(moment).histories, "offsets", "items", "starts")
    assert np.array_equal(here.contexts(log, moment), there.contexts(laid_out, moment))
    settings = DEFAULT.settings
    live, theirs = (
        one.live(settings.live_articles, source, moment) for one, source in ((here, log), (there, laid_out))
    )
    same(live, theirs, "clicks", "first", "tenth", "last", "items")
    for kind in (Popularity, ItemCF):
        mine, found = fitted(here, kind, log, live), fitted(there, kind, laid_out, live)
        assert len(mine) == len(found)
        for name, array in mine.items():
            assert np.array_equal(array, found[name]), f"{kind.name}: {name}"
            assert array.dtype == found[name].dtype, f"{kind.name}: {name}"


def same(one: object, other: object, *names: str) -> None:
    for name in names:
        assert np.array_equal(getattr(one, name), getattr(other, name)), name


def fitted(
    backend: LocalBackend | SparkBackend, kind: type[Retriever], log: ClickLog, live: LiveArticles
) -> dict[str, np.ndarray[tuple[int, ...], np.dtype[np.generic]]]:
    wanted = Fit(kind, DEFAULT.settings.retrievers[kind.name], log, live)
    return dict(backend.fit(wanted, lambda _: None).state())


def test_on_the_small_newsroom(spark: SparkSession, log: ClickLog, laid_out: LaidOutLog) -> None:
    assert_same(spark, log, laid_out)


@pytest.mark.real
def test_on_three_real_days(spark: SparkSession, globo: Path, tmp_path: Path) -> None:
    folder = tmp_path / "three-days"
    (folder / "clicks").mkdir(parents=True)
    for hour in range(72):
        shutil.copy(globo / "clicks" / f"clicks_hour_{hour:03}.csv", folder / "clicks")
    shutil.copy(globo / "articles_metadata.csv", folder)
    assert_same(spark, load(folder)[0], lay_out_folder(spark, folder, tmp_path / "work"))


def test_tasks_are_those_of_one_machine(spark: SparkSession, log: ClickLog, laid_out: LaidOutLog) -> None:
    start = log.end - DAY
    mine, found = LocalBackend().tasks(log, start), SparkBackend(spark, laid_out).tasks(laid_out, start)
    mine = mine.rows(mine.openings >= start)
    for name in ("users", "targets", "times", "position", "last", "moments"):
        assert np.array_equal(getattr(mine, name), getattr(found, name)), name
