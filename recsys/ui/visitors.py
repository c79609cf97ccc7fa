"""The visits that a set keeps, as a table: what the Visitors page draws."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from recsys.domain import CONTEXT_FIELDS, ENSEMBLE, OVERRIDABLE
from recsys.store import LoadedSet
from recsys.ui.theme import LOOKS


def table(loaded: LoadedSet) -> pd.DataFrame:
    """One row a visit: who, when, what is known of the visitor, and where each system put what was opened next.

    ``gain`` is how many places the reranked list is ahead of the best single algorithm.
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
        rows[field] = [engine.settings.label(field, code) for code in codes]
    rows["reranked"] = _places([visit.places[ENSEMBLE] for visit in visits])
    rows["best_alone"] = _places([visit.best_alone for visit in visits])
    rows["by"] = [_best(visit.places, visit.best_alone) for visit in visits]
    rows["gain"] = rows["best_alone"] - rows["reranked"]
    return rows


def _best(places: Mapping[str, int], best: int) -> str:
    return next((LOOKS[name].label for name, place in places.items() if name != ENSEMBLE and place == best > 0), "")


def _places(values: list[int]) -> pd.Series[int]:
    return pd.Series([value or None for value in values], dtype="Int64")
