"""What the tests share: a small newsroom, simulated and trained once, and what may be missing on a machine."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn

import pytest
from hypothesis import settings
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

# Threads of several processes share the cores: one that waits must not spin. Read when OpenMP is loaded.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

from recsys.artifacts.store import LoadedSet
from recsys.artifacts.store import load as load_set
from recsys.data.click_log import ClickLog
from recsys.data.loader import load
from recsys.engine.engine import Engine
from tests.postgres import INSTALLED, new_database, running_postgres
from tests.shared import made_once, simulate_newsroom, train_older_set, train_small_set

settings.register_profile("steady", deadline=None)  # a slow machine is not a defect
settings.load_profile("steady")
SPARK, E2E = "tests/spark/", "tests/e2e/"


class ByFile(LoadScopeScheduling):
    """The tests of a file in one process, which share what is made for them; all of Spark's, which share a session."""

    def _split_scope(self, nodeid: str) -> str:
        if nodeid.startswith(SPARK):
            return SPARK
        return nodeid if nodeid.startswith(E2E) else nodeid.partition("::")[0]


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> ByFile:
    return ByFile(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes longest first, so that no process waits at the end for another."""
    for item in items:
        if item.nodeid.startswith(SPARK):
            item.add_marker(pytest.mark.java)
    items.sort(key=_urgency)


def _urgency(item: pytest.Item) -> int:
    if any(item.get_closest_marker(name) for name in ("java", "real")):
        return 0
    return 1 if "backtest" in item.nodeid else 2  # it needs no trained set: meanwhile another process trains it


@pytest.fixture(scope="session")
def newsroom() -> Path:
    return made_once("newsroom", simulate_newsroom)


@pytest.fixture(scope="session")
def log(newsroom: Path) -> ClickLog:
    return load(newsroom)[0]


@pytest.fixture(scope="session")
def small_set() -> Path:
    """A set trained on the small newsroom. Read only: copy it before doing harm."""
    return made_once("small", train_small_set)


@pytest.fixture(scope="session")
def older_set() -> Path:
    """Another set of the small newsroom, trained half a day earlier and on less. Read only, too."""
    return made_once("older", train_older_set)


@pytest.fixture(scope="session")
def loaded(small_set: Path) -> LoadedSet:
    return load_set(small_set)


@pytest.fixture(scope="session")
def engine(loaded: LoadedSet) -> Engine:
    return loaded.engine


@pytest.fixture(scope="session")
def trained_engine(loaded: LoadedSet) -> Engine:
    """The same as ``engine``, for classes that have an ``engine`` of their own."""
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


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The address of a PostgreSQL server of the tests' own, gone with them."""
    if not INSTALLED:
        missing("no PostgreSQL on this machine (Debian: apt-get install postgresql): its tests are left out")
    with running_postgres() as address:
        yield address


@pytest.fixture
def database(postgres: str) -> str:
    """The address of an empty database."""
    return new_database(postgres)


def missing(what: str) -> NoReturn:
    """Skip, saying so; in CI, where everything is there, fail."""
    if os.environ.get("CI"):
        pytest.fail(what)
    pytest.skip(what)
