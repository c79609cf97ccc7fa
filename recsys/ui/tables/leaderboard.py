"""The saved figures: the tables of the leaderboard."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from recsys.core.entities import ENSEMBLE
from recsys.evaluation.freshness import FreshnessPoint
from recsys.evaluation.metrics import METRICS
from recsys.evaluation.report import BacktestReport
from recsys.evaluation.saved_reports import LibraryReport
from recsys.ui.theme import LOOKS, capitalized, look

SMOOTHED = 6
"""Hours over which the curves are means."""
PEERS = {"stan": "STAN", "vstan": "VSTAN", "gru4rec": "GRU4Rec, trained every hour"}
"""Published methods that are only measured here, by their names on pages."""


def systems(
    results: Mapping[str, Mapping[str, Any]], published: Mapping[str, Mapping[str, float]] | None = None
) -> pd.DataFrame:
    """One row a system, the best first: its metrics, the interval of NDCG@20, whether it is a published figure."""
    rows = []
    for name, figures in results.items():
        low, high = figures.get("ci95_ndcg@20", (np.nan, np.nan))
        own = {metric: figures[metric] for metric in METRICS if metric in figures}
        rows.append({"system": name, "label": look(name).label, "published": False, **own, "low": low, "high": high})
    for name, others in (published or {}).items():
        rows.append({"system": name, "label": f"{name} (published)", "published": True, **others})
    frame = pd.DataFrame(rows)
    return frame.sort_values(next(m for m in METRICS if m in frame), ascending=False, ignore_index=True)


def by_window(report: BacktestReport) -> pd.DataFrame:
    """NDCG@20 of every system, one row for each ``SMOOTHED`` hours; ``hour`` is the middle one, UTC."""
    frame = pd.DataFrame.from_dict(report.by_window, orient="index")
    frame.index = frame.index.astype(int)
    blocks = frame.groupby(frame.index // SMOOTHED).mean().drop(columns="requests")
    blocks.insert(0, "window", blocks.index * SMOOTHED + SMOOTHED // 2)
    return blocks.reset_index(drop=True)


def by_segment(report: BacktestReport, cut: str) -> pd.DataFrame:
    """NDCG@20 of every system in each part of a cut."""
    return pd.DataFrame(
        [
            {"segment": f"{name} ({part['requests']:,})"}
            | {system: figures["ndcg@20"] for system, figures in part.items() if system != "requests"}
            for name, part in report.by_segment[cut].items()
        ]
    )


def beyond(report: BacktestReport) -> pd.DataFrame:
    """Quality of every system beside coverage, diversity and novelty."""
    return pd.DataFrame(
        [
            {"system": name, "label": look(name).label, "ndcg@20": report.results[name]["ndcg@20"], **figures}
            for name, figures in report.beyond_accuracy.items()
        ]
    )


def ablation(variants: Mapping[str, Mapping[str, Any]]) -> pd.DataFrame:
    """What is lost without each part, the most first."""
    whole = variants[ENSEMBLE]["ndcg@20"]
    rows = [
        {
            "label": _without(name),
            "ndcg@20": figures["ndcg@20"],
            "hr@20": figures["hr@20"],
            "difference": figures["ndcg@20"] - whole,
            "low": figures["ci95_difference"][0],
            "high": figures["ci95_difference"][1],
        }
        for name, figures in variants.items()
        if name != ENSEMBLE
    ]
    return pd.DataFrame(rows).sort_values("difference", ignore_index=True)


def _without(name: str) -> str:
    """A variant by the labels of pages: "Without two-tower" for "without two_tower"."""
    part = name.removeprefix("without ")
    told = f"Without {LOOKS[part].label}" if part in LOOKS else name
    return capitalized(told)


def in_short(report: BacktestReport) -> pd.DataFrame:
    """Of a hundred next clicks, how many each system has among its first 20, the most first."""
    rows = [
        {"system": name, "label": look(name).label, "of_100": round(100 * figures["hr@20"], 1)}
        for name, figures in report.results.items()
    ]
    return pd.DataFrame(rows).sort_values("of_100", ascending=False, ignore_index=True)


def libraries(report: LibraryReport) -> pd.DataFrame:
    """Of a hundred next clicks, how many each system has among its first 20, the most first, and what it takes."""
    rows = [
        {
            "system": name,
            "label": PEERS.get(name, look(name).label),
            "of_100": round(100 * one.hr, 1),
            "ndcg@20": one.ndcg,
            "request_ms": one.request_ms,
            "request_ms_p99": one.request_ms_p99,
            "batch_per_s": one.batch_per_s,
            "hour_ms": one.hour_ms,
            "memory_mb": one.memory_mb,
        }
        for name, one in report.found.items()
    ]
    return pd.DataFrame(rows).sort_values("of_100", ascending=False, ignore_index=True)


def freshness(points: Sequence[FreshnessPoint]) -> pd.DataFrame:
    """NDCG@20 of the ensemble by age, in the order of the points, with its interval; HR@20 beside it."""
    rows = []
    for point in points:
        low, high = point.ensemble["ci95_ndcg@20"]
        figures = {metric: point.ensemble[metric] for metric in ("ndcg@20", "hr@20")}
        rows.append({"age": point.age, "hours": point.hours, **figures, "low": low, "high": high})
    return pd.DataFrame(rows)


def best_others(report: BacktestReport, most: int) -> list[str]:
    """The best systems besides the ensemble, by NDCG@20, in the order of the report."""
    others = [name for name in report.results if name != ENSEMBLE]
    best = sorted(others, key=lambda name: -report.results[name]["ndcg@20"])[:most]
    return [name for name in others if name in best]
