"""A session with a Spark cluster, and what its failures mean."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from typing import TYPE_CHECKING

from recsys.errors import InputError, RecsysError

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

NO_JAVA = (
    "Spark needs Java 17 or later: install it (Debian: apt-get install openjdk-17-jre-headless) or set JAVA_HOME to it."
)
NO_PYSPARK = "--engine spark needs PySpark: install it with `pip install -e '.[train,spark]'`."
SETTINGS = {
    "spark.ui.showConsoleProgress": "false",
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.execution.arrow.pyspark.enabled": "true",
    "spark.sql.execution.arrow.maxRecordsPerBatch": "20000",
    # A file of the log is one row, so that a batch is bounded by its bytes.
    "spark.sql.execution.arrow.maxBytesPerBatch": "64m",
    "spark.log.level": "ERROR",
}
ENOUGH_ROWS = 500_000
"""For a partition: so many clicks, with what is computed of them, fit any executor."""


def require() -> None:
    """See that Spark can start.

    Raises:
        InputError: PySpark or Java is missing.
    """
    if find_spec("pyspark") is None:
        raise InputError(NO_PYSPARK)
    home = os.environ.get("JAVA_HOME")
    if shutil.which("java", path=f"{home}/bin" if home else None) is None:
        raise InputError(NO_JAVA)


@contextmanager
def connected(master: str | None, settings: dict[str, str] | None = None) -> Iterator[SparkSession]:
    """A session, stopped at the end. Without a master: that of ``spark-defaults.conf``, or all cores of this machine.

    Raises:
        InputError: Spark can't start, or there is nobody at the address of the master.
        RecsysError: a job failed; the message has what Spark says of it, in a sentence.
    """
    require()
    # Executors on this machine run the same Python; on others it is where it is here, or where this variable says.
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    from py4j.protocol import Py4JError
    from pyspark.errors import PySparkException
    from pyspark.sql import SparkSession

    builder = SparkSession.builder.appName("recsys")
    if master is not None:
        builder = builder.master(master)
    everywhere = {"spark.executorEnv.PYTHONWARNINGS": os.environ["PYTHONWARNINGS"]}
    for name, value in {**SETTINGS, **everywhere, **(settings or {})}.items():
        builder = builder.config(name, value)
    try:
        spark = builder.getOrCreate()
    except (PySparkException, Py4JError, RuntimeError) as error:
        raise InputError(f"Spark can't start at {master or 'this machine'}: {_sentence(error)}") from None
    try:
        yield spark
    except (PySparkException, Py4JError) as error:
        raise RecsysError(f"Spark failed, and nothing was published: {_sentence(error)}") from None
    finally:
        spark.stop()


def partitions(spark: SparkSession, rows: int) -> int:
    """Into how many partitions to cut so many rows."""
    return max(spark.sparkContext.defaultParallelism, -(-rows // ENOUGH_ROWS))


def _sentence(error: Exception) -> str:
    """The cause of a failure, in a line; a stack of Java says little to most."""
    text = str(error)
    if "No space left on device" in text:
        return "no space is left on the disk."
    causes = [line.strip() for line in text.splitlines() if "Exception: " in line or "Error: " in line]
    cause = causes[-1].split("Exception: ")[-1].split("Error: ")[-1] if causes else text.splitlines()[0]
    return cause if cause.endswith(".") else f"{cause}."
