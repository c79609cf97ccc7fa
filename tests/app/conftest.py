"""The app without a browser."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from streamlit.components.v2.component_manager import BidiComponentManager
from streamlit.testing.v1 import AppTest

from recsys.artifacts.open_sets import VARIABLE
from tests.shared import ROOT

OpenApp = Callable[[Path], AppTest]
OpenPage = Callable[[str], AppTest]


@pytest.fixture(scope="session")
def entry(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The entry point, under another name: with a folder ``pages`` beside it, AppTest takes the app for one of the
    old kind on every run but the first, and leaves the sidebar out.
    """
    link = tmp_path_factory.mktemp("app") / "streamlit_app.py"
    link.symlink_to(ROOT / "streamlit_app.py")
    return link


@pytest.fixture(scope="session")
def components() -> BidiComponentManager:
    """Of a server, one for all sessions: here for all apps."""
    found = BidiComponentManager()
    found.discover_and_register_components(start_file_watching=False)
    return found


@pytest.fixture
def open_app(entry: Path, components: BidiComponentManager, monkeypatch: pytest.MonkeyPatch) -> OpenApp:
    def open_with(folder: Path) -> AppTest:
        monkeypatch.setenv(VARIABLE, str(folder))
        app = AppTest.from_file(str(entry), default_timeout=60)
        app._bidi_component_manager = components  # each would read the metadata of every installed package anew
        return app

    return open_with


@pytest.fixture
def open_page(app: AppTest) -> OpenPage:
    def switch_to(name: str) -> AppTest:
        app.run()
        return app.switch_page(str(ROOT / "pages" / f"{name}.py")).run()

    return switch_to


@pytest.fixture
def app(small_set: Path, open_app: OpenApp) -> AppTest:
    """The app at the page Recommend."""
    return open_app(small_set).switch_page(str(ROOT / "pages" / "recommend.py"))


def drawn(app: AppTest, component: str) -> dict[str, Any]:
    """What the first component of our own of that name is given to draw."""
    found = (element.proto for element in app.get("bidi_component"))
    return dict(json.loads(next(one.json for one in found if one.component_name == f"recsys.{component}")))


def listed(app: AppTest) -> list[dict[str, Any]]:
    """The cards of the first list."""
    return list(drawn(app, "article_lists")["columns"][0]["cards"])


def sentences(app: AppTest) -> str:
    """Everything that the page says."""
    kinds = (app.markdown, app.caption, app.info, app.warning, app.error, app.success, app.header, app.title)
    return "\n".join(str(element.value) for kind in kinds for element in kind)
