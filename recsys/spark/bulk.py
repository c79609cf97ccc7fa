"""Lists for all stored visitors, on Spark: every executor opens the set, and answers for its share."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache, partial
from pathlib import Path

import pandas as pd

from recsys.artifacts import store
from recsys.engine.bulk import lists, refuse_existing
from recsys.engine.engine import Engine
from recsys.spark.session import connected

SCHEMA = "user_id long, rank int, article_id long, score float"
VISITORS = 5_000
"""Of a partition: half a minute of work, and what is lost when an executor dies."""


def write_lists(artifacts: Path, out: Path, users: int, as_of: int, k: int, master: str | None) -> int:
    """As ``recsys.engine.bulk.write_lists``; ``artifacts`` is a folder that all executors see.

    Raises:
        InputError: the folder is there already.
        RecsysError: a job failed.
    """
    refuse_existing(out)
    with connected(master) as spark:
        parts = max(spark.sparkContext.defaultParallelism, -(-users // VISITORS))
        task = partial(_lists, artifacts=artifacts.absolute(), as_of=as_of, k=k)
        spark.range(0, users, 1, parts).mapInPandas(task, SCHEMA).write.parquet(str(out.absolute()))
        return spark.read.parquet(str(out.absolute())).count()


def _lists(batches: Iterator[pd.DataFrame], artifacts: Path, as_of: int, k: int) -> Iterator[pd.DataFrame]:
    engine = _opened(artifacts)
    for batch in batches:
        yield from lists(engine, engine.user_ids[batch["id"].to_numpy()], as_of, k)


@lru_cache(maxsize=1)
def _opened(folder: Path) -> Engine:
    """A set's engine; a process of Spark's serves many tasks."""
    return store.load(folder).engine
