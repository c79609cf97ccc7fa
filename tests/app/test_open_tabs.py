"""A tab that is left open keeps no set of models in memory: another may be published meanwhile."""

import gc
from collections.abc import Iterator
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Any

import pytest

from recsys.artifacts.store import LoadedSet
from recsys.engine.engine import Engine
from tests.app.conftest import OpenApp
from tests.app.test_every_page import PAGES
from tests.shared import ROOT


@pytest.mark.parametrize("page", PAGES)
def test_a_session_holds_no_set(page: str, small_set: Path, open_app: OpenApp) -> None:
    app = open_app(small_set).switch_page(str(ROOT / "pages" / f"{page}.py"))
    app.query_params["tour"] = "1"
    app.run()
    assert not app.exception
    held = [one for one in everything_in(app._session_state) if isinstance(one, LoadedSet | Engine)]
    assert not held, [type(one).__name__ for one in held]


def test_what_a_function_of_a_page_holds_is_looked_at() -> None:
    """The search would be worth nothing if it could not find what it is for."""
    hidden = Hidden()
    scope: dict[str, Any] = {"__name__": "__main__", "hidden": hidden}
    exec("def callback(): ...", scope)
    assert any(one is hidden for one in everything_in({"callback": scope["callback"]}))


class Hidden:
    """Something to be found."""


def everything_in(root: object) -> Iterator[object]:
    """All that something keeps alive, but for modules and classes, which stay anyway."""
    seen: set[int] = set()
    open_ends = [root]
    while open_ends:
        one = open_ends.pop()
        if id(one) in seen or isinstance(one, ModuleType | type):
            continue
        seen.add(id(one))
        yield one
        if isinstance(one, FunctionType) and one.__module__ != "__main__":
            open_ends += [one.__closure__, one.__defaults__, one.__kwdefaults__]
        else:
            open_ends += gc.get_referents(one)
