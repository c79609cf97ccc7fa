"""What a set is made of: the tables of Data and models."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd

from recsys.artifacts.manifest import Manifest
from recsys.core.entities import CONTEXT_FIELDS, OVERRIDABLE
from recsys.core.types import HOUR
from recsys.engine.engine import Engine


def clicks_by_hour(engine: Engine) -> pd.DataFrame:
    """Clicks in each hour of the set, and whether it can be replayed."""
    hours = engine.histories.times(slice(None)) // HOUR
    first = int(hours.min()) if len(hours) else 0
    counts = np.bincount(hours - first)
    starts = (np.arange(len(counts)) + first) * HOUR
    return pd.DataFrame(
        {
            "hour": pd.to_datetime(starts, unit="ms", utc=True),
            "clicks": counts,
            "replayed": starts >= engine.start.time,
        }
    )


def lives(engine: Engine) -> pd.DataFrame:
    """How many articles live how long, from their first to their last click, in hours."""
    live = engine.start.live.advance(engine.replay.between(engine.start.time, engine.end), engine.end)
    read = live.clicks > 1
    hours = (live.last - live.first)[read] / HOUR
    edges = np.array([0, 1, 3, 6, 12, 24, 48, 96, np.inf])
    counts, _ = np.histogram(hours, edges)
    ends = [f"{low:g} to {high:g} h" for low, high in pairwise(edges[:-1])]
    return pd.DataFrame({"life": [*ends, f"over {edges[-2]:g} h"], "articles": counts})


def contexts(engine: Engine) -> pd.DataFrame:
    """How many visitors have each device, system and country at the moment of training; the most frequent first."""
    rows = []
    for field in OVERRIDABLE:
        column = engine.profiles.base[:, CONTEXT_FIELDS.index(field)]
        codes, counts = np.unique(column, return_counts=True)
        for at in np.argsort(-counts, kind="stable").tolist():
            label = engine.dataset.label(field, int(codes[at]))
            rows.append({"field": field, "code": int(codes[at]), "name": label, "visitors": int(counts[at])})
    return pd.DataFrame(rows)


def fitted_to_log(manifest: Manifest) -> list[str]:
    """What the training found out about the log's readers and set itself by, in sentences."""
    pace = float(manifest.settings.get("pace") or 1)
    told = []
    if pace != 1:
        told.append(
            f"Readers move on {pace:g} times as slowly as on the news site that the numbers were made for, so that "
            "clicks count for as much longer."
        )
    if manifest.settings.get("repeats"):
        told.append("Readers come back to what they have opened, so it may be listed again.")
    else:
        told.append("What a reader has opened is not listed again.")
    return told


def settings(manifest: Manifest) -> pd.DataFrame:
    """Every setting, by the part that it belongs to."""
    rows = [
        {"part": part or "ensemble", "setting": name, "value": json.dumps(value)}
        for part, name, value in _flat(manifest.settings, "")
    ]
    return pd.DataFrame(rows, columns=["part", "setting", "value"])


def _flat(table: Mapping[str, Any], part: str) -> Iterator[tuple[str, str, Any]]:
    """Nested tables as (part, name, value)."""
    for name, value in table.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{part}.{name}".removeprefix(".").removeprefix("retrievers."))
        else:
            yield part, name, value


def files(manifest: Manifest) -> pd.DataFrame:
    """Every file with its size and checksum, the largest first."""
    rows = [
        {
            "file": name,
            "kilobytes": round(entry.bytes / 1000, 1),
            "shape": "" if entry.shape is None else " × ".join(map(str, entry.shape)),
            "dtype": entry.dtype or "",
            "sha256": entry.sha256,
        }
        for name, entry in manifest.files.items()
    ]
    return pd.DataFrame(rows).sort_values("kilobytes", ascending=False, ignore_index=True)
