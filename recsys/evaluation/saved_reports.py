"""The figures on the real log that are kept in the repository: what docs/evaluation.md and the pages show."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel

from recsys.evaluation.freshness import FreshnessReport
from recsys.evaluation.report import BacktestReport, SavedReport

VARIABLE = "RECSYS_RESULTS"
"""The environment variable that names another folder of saved reports."""
Model = TypeVar("Model", bound=SavedReport)


class AblationReport(SavedReport):
    """What each part is worth: the ensemble, and it without each part. Written by ``benchmarks.ablation``."""

    windows: tuple[int, int]
    requests: int
    cold_requests: int
    tasks_per_hour: int
    results: dict[str, dict[str, Any]]
    cold: dict[str, dict[str, Any]]


class WholeSessionReport(SavedReport):
    """The baselines with and without knowledge of whole sessions. Written by ``benchmarks.whole_sessions``."""

    windows: tuple[int, int]
    requests: int
    limit: int | None
    results: dict[str, dict[str, dict[str, Any]]]


class Peer(BaseModel):
    """What one system came to, and what it takes: medians, and the 99th percentile of requests.

    ``hour_ms`` is what an hour of clicks takes: to be taken in, learned from, or fitted anew, as each does; None where
    there was no full hour to measure. ``batch_per_s`` is how many requests are answered in a second when all of an hour
    are asked at once; ``memory_mb`` the most that a process holds which does nothing else.
    """

    ndcg: float
    hr: float
    request_ms: float
    request_ms_p99: float
    hour_ms: float | None = None
    batch_per_s: float | None = None
    memory_mb: float | None = None
    settings: dict[str, Any] = {}


class LibraryReport(SavedReport):
    """Libraries and published session recommenders beside ours. Written by ``benchmarks.library_peers``."""

    windows: tuple[int, int]
    requests: int
    draws: int
    left_out: list[str]
    found: dict[str, Peer]


class SavedReports(BaseModel):
    """Every kept report; None for one that has not been measured."""

    hourly: BacktestReport | None = None
    all_windows: BacktestReport | None = None
    all_requests: BacktestReport | None = None
    last_click: BacktestReport | None = None
    ablation: AblationReport | None = None
    published: BacktestReport | None = None
    whole_sessions: WholeSessionReport | None = None
    live: BacktestReport | None = None
    freshness: FreshnessReport | None = None
    policies: BacktestReport | None = None
    libraries: LibraryReport | None = None


def home() -> Path:
    """The folder of the saved reports: ``RECSYS_RESULTS`` where set, else that of the checkout."""
    named = os.environ.get(VARIABLE)
    return Path(named) if named else Path(__file__).resolve().parents[2] / "benchmarks" / "results"


def read_saved_reports(folder: Path | None = None) -> SavedReports:
    """The reports of a folder, by default of ``home``.

    Raises:
        InputError: a file is not of the form that this program writes.
    """
    folder = folder or home()
    return SavedReports(
        hourly=_read(folder / "hourly-192-336.json", BacktestReport),
        all_windows=_read(folder / "hourly-24-336.json", BacktestReport),
        all_requests=_read(folder / "hourly-288-336.json", BacktestReport),
        last_click=_read(folder / "last-click.json", BacktestReport),
        ablation=_read(folder / "ablation.json", AblationReport),
        published=_read(folder / "published-24-336.json", BacktestReport),
        whole_sessions=_read(folder / "whole-sessions.json", WholeSessionReport),
        live=_read(folder / "live-312-336.json", BacktestReport),
        freshness=_read(folder / "freshness.json", FreshnessReport),
        policies=_read(folder / "policies-192-336.json", BacktestReport),
        libraries=_read(folder / "library-peers.json", LibraryReport),
    )


def _read(file: Path, model: type[Model]) -> Model | None:
    return model.read(file) if file.exists() else None
