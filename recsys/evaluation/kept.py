"""The figures on the real log that are kept in the repository: what docs/evaluation.md and the pages show."""

from __future__ import annotations

from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel

from recsys.evaluation.report import BacktestReport, KeptReport

HOME = Path(__file__).resolve().parents[2] / "benchmarks" / "results"
Model = TypeVar("Model", bound=KeptReport)


class LeftOut(KeptReport):
    """What each part is worth: the ensemble, and it without each part. Written by ``benchmarks.ablation``."""

    windows: tuple[int, int]
    requests: int
    cold_requests: int
    questions_per_hour: int
    results: dict[str, dict[str, Any]]
    cold: dict[str, dict[str, Any]]


class BothWays(KeptReport):
    """The baselines with and without knowledge of whole sessions. Written by ``benchmarks.whole_sessions``."""

    windows: tuple[int, int]
    requests: int
    limit: int | None
    results: dict[str, dict[str, dict[str, Any]]]


class Kept(BaseModel):
    """Every kept report; None for one that has not been taken."""

    hourly: BacktestReport | None = None
    all_windows: BacktestReport | None = None
    all_requests: BacktestReport | None = None
    last_click: BacktestReport | None = None
    left_out: LeftOut | None = None
    whole_sessions: BothWays | None = None


def read_kept(folder: Path | None = None) -> Kept:
    """The reports of a folder, ``HOME`` where left out.

    Raises:
        InputError: a file is not of the form that this program writes.
    """
    folder = folder or HOME
    return Kept(
        hourly=_read(folder / "hourly-192-336.json", BacktestReport),
        all_windows=_read(folder / "hourly-24-336.json", BacktestReport),
        all_requests=_read(folder / "hourly-288-336.json", BacktestReport),
        last_click=_read(folder / "last-click.json", BacktestReport),
        left_out=_read(folder / "ablation.json", LeftOut),
        whole_sessions=_read(folder / "whole-sessions.json", BothWays),
    )


def _read(file: Path, model: type[Model]) -> Model | None:
    return model.read(file) if file.exists() else None
