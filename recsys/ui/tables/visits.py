"""The sample visits of a set: the table of Find a case."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from recsys.analysis.sample_visits import FIRST
from recsys.artifacts.store import LoadedSet
from recsys.core.entities import CONTEXT_FIELDS, ENSEMBLE, OVERRIDABLE
from recsys.ui.tables.comparison import by_one_alone, only_label

FINAL = f"rank_{ENSEMBLE}"


def table(loaded: LoadedSet) -> pd.DataFrame:
    """One row a visit: who, when, what is known of the visitor, and as ``rank_SYSTEM`` where what was opened next was
    in the final list and in each algorithm's; missing where it was not listed.
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
    for system in (ENSEMBLE, *engine.suggesting, *engine.beside):
        ranks = [visit.ranks.get(system, 0) or None for visit in visits]
        rows[f"rank_{system}"] = pd.Series(ranks, dtype="Int64")
    for field in OVERRIDABLE:
        codes = contexts[:, CONTEXT_FIELDS.index(field)].tolist()
        rows[field] = [engine.dataset.label(field, code) for code in codes]
    return rows


def algorithms(rows: pd.DataFrame) -> list[str]:
    """The algorithms that a table has ranks of."""
    return [name.removeprefix("rank_") for name in rows.columns if name.startswith("rank_") and name != FINAL]


def cases(rows: pd.DataFrame, names: Sequence[str]) -> dict[str, pd.Series[bool]]:
    """Which visits are of which kind: what was opened next was found, among the first ten, by whom.

    ``only_NAME``: of the algorithms, by this one alone, whatever the final list made of it. ``combination``: by the
    final list and no algorithm. ``lost``: by an algorithm, and not by the final list. ``nobody``: by neither.
    """
    found = pd.DataFrame({name: rows[f"rank_{name}"].le(FIRST).fillna(False).astype(bool) for name in names})
    final = rows[FINAL].le(FIRST).fillna(False).astype(bool)
    count = found.sum(axis=1)
    return {
        **by_one_alone(found),
        "combination": final & (count == 0),
        "lost": ~final & (count > 0),
        "nobody": ~final & (count == 0),
    }


def case_label(name: str) -> str:
    """What a kind of visit is called on the page."""
    others = {"combination": "Only the combination", "lost": "Lost by the combination", "nobody": "Nobody"}
    return only_label(name) or others[name]
