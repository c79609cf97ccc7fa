"""The sample visits of a set: the table of Visitors."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from recsys.artifacts.store import LoadedSet
from recsys.core.entities import CONTEXT_FIELDS, ENSEMBLE, OVERRIDABLE
from recsys.ui.theme import LOOKS


def table(loaded: LoadedSet) -> pd.DataFrame:
    """One row a visit: who, when, what is known of the visitor, and the rank of what was opened next.

    ``gain`` is how many ranks the final list is ahead of the best single algorithm.
    """
    engine, visits = loaded.engine, loaded.visits
    user_ids = np.array([visit.user_id for visit in visits], np.int64)
    moments = np.array([visit.as_of for visit in visits], np.int64)
    users = np.searchsorted(engine.user_ids, user_ids).astype(np.int32)
    starts, ends = engine.histories.spans(users, moments)
    contexts = engine.profiles.of(users, moments)
    rows = pd.DataFrame(
        {
            "visitor": user_ids,
            "as_of": moments,
            "moment": pd.to_datetime(moments, unit="ms", utc=True),
            "read_before": ends - starts,
        }
    )
    for field in OVERRIDABLE:
        codes = contexts[:, CONTEXT_FIELDS.index(field)].tolist()
        rows[field] = [engine.dataset.label(field, code) for code in codes]
    rows["reranked"] = _ranks([visit.ranks[ENSEMBLE] for visit in visits])
    rows["best_alone"] = _ranks([visit.best_alone for visit in visits])
    rows["by"] = [_best(visit.ranks, visit.best_alone) for visit in visits]
    rows["gain"] = rows["best_alone"] - rows["reranked"]
    rows["only_reranked"] = [visit.only_reranked for visit in visits]
    return rows


def _best(ranks: Mapping[str, int], best: int) -> str:
    return next((LOOKS[name].label for name, rank in ranks.items() if name != ENSEMBLE and rank == best > 0), "")


def _ranks(values: list[int]) -> pd.Series[int]:
    return pd.Series([value or None for value in values], dtype="Int64")
