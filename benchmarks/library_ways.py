"""Libraries asked in an environment of their own: which ways there are, their settings, and their answers."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import click
import numpy as np
from numpy.typing import NDArray

from recsys.core.arrays import ranks_of
from recsys.core.types import HOUR, Doubles, Ints
from recsys.data.click_log import ClickLog
from recsys.data.next_click import NextClickTasks
from recsys.evaluation import protocols
from recsys.evaluation.metrics import gains, mean_over_groups
from recsys.evaluation.saved_reports import LibraryReport

ANSWER = Path(__file__).parent / "libraries" / "answer.py"
SEED = 7
Range = tuple[float, float] | Sequence[str | int]
HOURS: Range = (4.0, 72.0)
WAYS: dict[str, dict[str, Range]] = {
    "implicit BM25": {"K": (20, 500), "K1": (0.1, 10.0), "B": (0.01, 1.0)},
    "implicit ALS": {"factors": (16, 128), "regularization": (0.001, 1.0), "alpha": (1.0, 40.0)},
    "LensKit item-item": {"max_nbrs": (5, 200), "min_sim": (1e-6, 1e-2)},
    "LensKit ALS": {"embedding_size": (16, 128), "regularization": (0.001, 1.0), "weight": (1.0, 80.0)},
    "wsknn": {
        "number_of_neighbors": (50, 1000),
        "sample_size": (200, 3000),
        "sampling_strategy": ("common_items", "recent"),
        "weighting_func": ("linear", "log", "quadratic"),
        "ranking_strategy": ("linear", "log", "quadratic", "inv"),
    },
}
"""What is drawn for each: from a range evenly by its logarithm, whole where its ends are, or one of a few names."""


@dataclass
class Way:
    """A library with settings, and how many hours of clicks it learns from."""

    name: str
    settings: dict[str, Any] = field(default_factory=dict)
    hours: float = 24.0


@dataclass(frozen=True)
class Times:
    """What some requests took, ms.

    Attributes:
        request_ms: each asked alone.
        hour_ms: to take in an hour of clicks, or to fit anew after it, hour by hour.
        in_batches: how many requests were asked in batches, all of a moment at once.
        batch_ms: each of these batches.
    """

    request_ms: Doubles
    hour_ms: Doubles
    in_batches: int
    batch_ms: Doubles

    def __add__(self, later: Times) -> Times:
        return Times(
            np.concatenate([self.request_ms, later.request_ms]),
            np.concatenate([self.hour_ms, later.hour_ms]),
            self.in_batches + later.in_batches,
            np.concatenate([self.batch_ms, later.batch_ms]),
        )


@dataclass(frozen=True)
class Answers:
    """What a way answered: lists, shape (requests, 20), its times, and the most memory of its process."""

    lists: Ints
    times: Times
    memory_mb: float


def drawn(name: str, ranges: Mapping[str, Range], draws: int) -> list[Way]:
    """A library's own defaults, and random settings."""
    chance = np.random.default_rng(SEED)
    found = [Way(name)]
    for _ in range(draws - 1):
        settings = {one: _drawn(chance, ends) for one, ends in ranges.items()}
        found.append(Way(name, settings, _drawn(chance, HOURS)))
    return found


def _drawn(chance: np.random.Generator, ends: Range) -> Any:
    if isinstance(ends[0], str):
        return ends[int(chance.integers(len(ends)))]
    value = float(np.exp(chance.uniform(*np.log(np.array(ends, float)))))
    return round(value) if isinstance(ends[0], int) else value


def available(python: Path) -> list[str]:
    """The ways that an environment has."""
    asked = "import json, answer; print(json.dumps(list(answer.ways())))"
    done = subprocess.run([python, "-c", asked], cwd=ANSWER.parent, check=True, capture_output=True, text=True)
    return list(json.loads(done.stdout.splitlines()[-1]))


def ask(python: Path, log: ClickLog, tasks: NextClickTasks, ways: Sequence[Way]) -> list[Answers]:
    """The answers of each way, in the environment of ``python``."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        longest = max((way.hours for way in ways), default=0)
        clicks = log.clicks.between(int(tasks.moments.min() - longest * HOUR), int(tasks.moments.max()))
        np.savez(folder / "clicks.npz", sessions=clicks.sessions, items=clicks.items, times=clicks.times)
        np.savez(folder / "requests.npz", allow_pickle=False, **_as_arrays(log, tasks))
        (folder / "ways.json").write_text(json.dumps([vars(way) for way in ways]))
        subprocess.run([python, ANSWER, folder], check=True, env={**os.environ, "PYTHONWARNINGS": "ignore"})
        found = [dict(np.load(folder / f"{number}.npz")) for number in range(len(ways))]
    return [_answers(one) for one in found]


def _answers(found: Mapping[str, NDArray[Any]]) -> Answers:
    asked = found["ms"] > 0  # who has read nothing that is known is not asked
    times = Times(found["ms"][asked], found["fit_ms"], int(asked.sum()), found["batch_ms"])
    return Answers(found["lists"].astype(np.int32), times, round(float(found["memory_mb"]), 1))


def _as_arrays(log: ClickLog, tasks: NextClickTasks) -> dict[str, NDArray[np.int64]]:
    """Each request's session, oldest first, and the moment up to which others are known."""
    requests = tasks.requests(log.histories, log.articles.ids, session_only=True)
    sessions = [[one.article_id for one in request.history or ()] for request in requests]
    read = log.articles.index(np.array([article for session in sessions for article in session], np.int64))
    starts = np.cumsum([0, *map(len, sessions)])
    return {"moments": tasks.moments, "items": read.astype(np.int64), "starts": starts.astype(np.int64)}


def quality(log: ClickLog, tasks: NextClickTasks, lists: Ints) -> tuple[float, float]:
    """NDCG@20 and HR@20, means over windows."""
    ranks, windows = ranks_of(tasks.targets, lists), protocols.windows_of(tasks, log)
    ndcg, hr = (round(mean_over_groups(gains(ranks, one), windows), 4) for one in ("ndcg@20", "hr@20"))
    return ndcg, hr


def best_ways(python: Path, log: ClickLog, windows: tuple[int, int], draws: int, limit: int) -> list[Way]:
    """The best draw of each library that is there, on tuning sessions."""
    tasks = protocols.hourly(log, windows, tuning=True, limit=limit)
    best = []
    for name in available(python):
        ways = drawn(name, WAYS[name], draws)
        figures = [quality(log, tasks, one.lists) for one in ask(python, log, tasks, ways)]
        best.append(ways[int(np.argmax([ndcg for ndcg, _ in figures]))])
        click.echo(f"{name}: {max(figures)[0]:.4f} with {best[-1]}", err=True)
    return best


def tuned_ways(report: LibraryReport, names: Sequence[str]) -> list[Way]:
    """Of these ways, those that an earlier run has tuned, with its settings."""
    known = {name: dict(report.found[name].settings) for name in names if name in report.found}
    return [Way(name, settings, settings.pop("hours")) for name, settings in known.items()]
