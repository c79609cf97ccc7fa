"""Lists for all stored visitors: in this process, or the same function on a cluster."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as arrow
import pyarrow.parquet as parquet

from recsys.core.entities import Request
from recsys.core.policy import NO_POLICY, Policy
from recsys.core.progress import Report
from recsys.core.types import Longs
from recsys.engine.engine import Engine
from recsys.errors import InputError, RecsysError

BATCH = 256
"""Visitors answered at a time."""
VISITORS_PER_FILE = 50 * BATCH


def lists(engine: Engine, user_ids: Longs, as_of: int, k: int, policy: Policy = NO_POLICY) -> Iterator[pd.DataFrame]:
    """The first ``k`` articles of each visitor, some visitors at a time: user_id, rank from 1, article_id, score."""
    moment = engine.at(as_of)
    for first in range(0, len(user_ids), BATCH):
        some = user_ids[first : first + BATCH]
        ranking = engine.rank([Request(user_id=user, k=k, policy=policy) for user in some.tolist()], moment)
        pool = ranking.pool
        listed, place = ranking.listed(k)
        best = ranking.order[listed]
        users, articles = some[pool.rows[best]], engine.articles.ids[pool.items[best]]
        yield pd.DataFrame(
            {
                "user_id": users if engine.names.users is None else [engine.names.user(n) for n in users.tolist()],
                "rank": (place[listed] + 1).astype(np.int32),
                "article_id": (
                    articles if engine.names.articles is None else [engine.names.article(n) for n in articles.tolist()]
                ),
                "score": ranking.scores[best],
            }
        )


def write_lists(engine: Engine, out: Path, as_of: int, k: int, report: Report, policy: Policy = NO_POLICY) -> int:
    """Write the lists of all stored visitors as Parquet, and say how many rows; the folder appears when all are there.

    Raises:
        InputError: the folder already exists.
        RecsysError: the disk is full or not writable.
    """
    refuse_existing(out)
    draft = out.with_name(f".{out.name}-{os.getpid()}")
    written = 0
    try:
        draft.mkdir(parents=True)
        for number, first in enumerate(range(0, len(engine.user_ids), VISITORS_PER_FILE)):
            some = engine.user_ids[first : first + VISITORS_PER_FILE]
            table = arrow.Table.from_pandas(pd.concat(lists(engine, some, as_of, k, policy)), preserve_index=False)
            parquet.write_table(table, draft / f"part-{number:05}.parquet")
            written += table.num_rows
            report((first + len(some)) / len(engine.user_ids))
        draft.rename(out)
    except OSError as error:
        raise RecsysError(f"{out} can't be written: {error.strerror}.") from None
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return written


def refuse_existing(out: Path) -> None:
    """Make sure that lists never overwrite others.

    Raises:
        InputError: the folder already exists.
    """
    if out.exists():
        raise InputError(f"{out} already exists.")
