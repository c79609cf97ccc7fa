"""What is made once for all tests: a small newsroom and the set trained on it, kept until the code changes."""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np

from recsys.analysis.article_maps import ArticleMapSettings
from recsys.core.types import HOUR
from recsys.data.articles import Articles
from recsys.data.click_log import ClickLog
from recsys.ranking.network_training import NetworkSettings
from recsys.ranking.reranker_settings import RerankerSettings
from recsys.ranking.training_set import TrainingSetSettings
from recsys.training.settings import HoldoutSettings, TrainingSettings, WalkForwardSettings

ROOT = Path(__file__).resolve().parent.parent
DEMO = ROOT / "artifacts" / "demo"
KEPT = ROOT / "build" / "tests"
SMALL = TrainingSettings(
    reranker=RerankerSettings(trees=30),
    training_set=TrainingSetSettings(tasks_per_hour=300),
    holdout=HoldoutSettings(tasks_per_hour=60, sample_visits=160),
    walk_forward=WalkForwardSettings(training_spans=1),
    article_maps=ArticleMapSettings(articles=200),
)
"""Enough to learn what the small newsroom has, in a fraction of the time."""
OLDER_BY = 12 * HOUR
PARTS = (
    "errors.py",
    "core",
    "data",
    "retrieval",
    "ranking",
    "engine",
    "evaluation",
    "analysis",
    "artifacts",
    "training",
)
"""Of the package: what a set depends on."""


def as_given(kept: TrainingSettings) -> TrainingSettings:
    """The settings that a set of the small newsroom keeps, without what was fitted to its log."""
    assert kept.pace == 1
    assert SMALL.training_set.negative_share <= kept.training_set.negative_share <= 1
    assert kept.repeats is False
    assert kept.beside == ("als",)
    found = {"pace": None, "repeats": None, "beside": None}
    return kept.model_copy(update={**found, "training_set": SMALL.training_set})


def simulate_newsroom(folder: Path) -> None:
    """The small newsroom's log."""
    from recsys.data.newsroom import simulate

    simulate(folder, users=4_000, days=4, seed=3)


def train_small_set(folder: Path) -> None:
    """A set trained on it."""
    from recsys.data.loader import load
    from recsys.training.pipeline import publish, train

    log, _ = load(made_once("newsroom", simulate_newsroom))
    publish(folder, log, train(log, SMALL, show=False))


def train_older_set(folder: Path) -> None:
    """Another set of the small newsroom: from a log that ended half a day earlier, and with a single tree.

    With four, it was worse on some processors only.
    """
    from recsys.data.loader import load
    from recsys.training.pipeline import publish, train

    log, _ = load(made_once("newsroom", simulate_newsroom))
    log = as_it_was(log, log.end - OLDER_BY)
    knows_little = RerankerSettings(trees=1, network=NetworkSettings(hidden=(1,), epochs=1, learning_rate=1e-6))
    settings = SMALL.model_copy(update={"reranker": knows_little})
    publish(folder, log, train(log, settings, show=False))


def as_it_was(log: ClickLog, until: int) -> ClickLog:
    """A log as somebody would have read it at a moment, without the articles and users that came later."""
    clicks = log.clicks.before(until)
    items, users = np.unique(clicks.items), np.unique(clicks.users)
    columns = {name: getattr(log.articles, name)[items] for name in ("ids", "sections", "published", "words")}
    texts = {name: own[items] for name, own in log.articles.texts.items()}
    articles = Articles(**columns, texts=texts)
    clicks = replace(
        clicks,
        items=np.searchsorted(items, clicks.items).astype(np.int32),
        users=np.searchsorted(users, clicks.users).astype(np.int32),
    )
    return ClickLog(log.dataset, articles, log.user_ids[users], clicks)


def made_once(name: str, make: Callable[[Path], None]) -> Path:
    """A folder that one process makes for all, once for every state of the code.

    Read only: copy it before doing harm.
    """
    state = KEPT / _digest()
    state.mkdir(parents=True, exist_ok=True)
    with (state / f".{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (state / name).exists():
            for older in KEPT.iterdir():
                if older != state:
                    shutil.rmtree(older, ignore_errors=True)
            draft = state / f".{name}-{os.getpid()}"
            make(draft)
            draft.rename(state / name)
    return state / name


def _digest() -> str:
    """Of the code that a set depends on, this file, and the versions that are installed."""
    found = hashlib.sha256((ROOT / "requirements.txt").read_bytes() + (ROOT / "pyproject.toml").read_bytes())
    for part in PARTS:
        path = ROOT / "recsys" / part
        for file in sorted(path.rglob("*")) if path.is_dir() else [path]:
            if file.suffix in {".py", ".toml"}:
                found.update(str(file.relative_to(ROOT)).encode() + file.read_bytes())
    found.update(Path(__file__).read_bytes())
    return found.hexdigest()[:12]
