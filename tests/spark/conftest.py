"""What the tests of Spark share: one session, and the small newsroom laid out on it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from recsys.spark.session import connected, require

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

    from recsys.spark.layout import LaidOutLog

MASTER = "local[2]"
FEW_PARTITIONS = {"spark.sql.shuffle.partitions": "4", "spark.ui.enabled": "false"}


@pytest.fixture(scope="package")
def spark() -> Iterator[SparkSession]:
    """A session on two cores of this machine. Where Java is missing, the error says how to get it."""
    require()
    with connected(MASTER, FEW_PARTITIONS) as session:
        yield session


@pytest.fixture(scope="package")
def laid_out(spark: SparkSession, newsroom: Path, tmp_path_factory: pytest.TempPathFactory) -> LaidOutLog:
    return lay_out_folder(spark, newsroom, tmp_path_factory.mktemp("work"))


def lay_out_folder(spark: SparkSession, folder: Path, work: Path) -> LaidOutLog:
    from recsys.spark.layout import lay_out
    from recsys.spark.reading import read

    return lay_out(spark, read(spark, str(folder), work, skip_bad_rows=False), work)
