"""What the tests share: a small newsroom, simulated and trained once a run, and what may be missing on a machine."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import NoReturn

import pytest
from hypothesis import settings

from recsys.data.click_log import ClickLog
from recsys.data.loader import load
from recsys.data.newsroom import simulate
from recsys.engine.engine import Engine
from recsys.artifacts.store import LoadedSet
from recsys.artifacts.store import load as load_set

ROOT = Path(__file__).resolve().parent.parent
settings.register_profile("steady", deadline=None)  # a slow machine is no defect
settings.load_profile("steady")
DEMO = ROOT / "artifacts" / "demo"


@pytest.fixture(scope="session")
def newsroom(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("newsroom")
    simulate(folder, users=4_000, days=4, seed=3)
    return folder


@pytest.fixture(scope="session")
def log(newsroom: Path) -> ClickLog:
    return load(newsroom)[0]


@pytest.fixture(scope="session")
def small_set(newsroom: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A set trained on the small newsroom. Read only: copy it before doing harm."""
    from recsys.training.pipeline import train_and_save

    folder = tmp_path_factory.mktemp("sets") / "small"
    with pytest.MonkeyPatch.context() as smaller:
        smaller.setattr("recsys.ranking.reranker.TREES", 100)
        smaller.setattr("recsys.training.pipeline.MEASURED_PER_HOUR", 60)
        smaller.setattr("recsys.training.pipeline.VISITS", 300)
        train_and_save(newsroom, folder, None, 24, show=False)
    return folder


@pytest.fixture(scope="session")
def loaded(small_set: Path) -> LoadedSet:
    return load_set(small_set)


@pytest.fixture(scope="session")
def engine(loaded: LoadedSet) -> Engine:
    return loaded.engine


@pytest.fixture(scope="session")
def globo() -> Path:
    """The real log's folder."""
    folder = os.environ.get("GLOBO_DATA")
    if not folder:
        missing("GLOBO_DATA is not set: tests on the real click log are left out")
    return Path(folder)


@pytest.fixture(scope="session")
def chromium() -> str:
    """The browser's path."""
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if found is None:
        missing("no Chromium on this machine (Debian: apt-get install chromium): browser tests are left out")
    return found


def missing(what: str) -> NoReturn:
    """Skip, saying so; in CI, where everything is there, fail."""
    if os.environ.get("CI"):
        pytest.fail(what)
    pytest.skip(what)
