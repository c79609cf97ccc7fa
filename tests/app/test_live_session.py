"""The live session's switch: nobody else's list knows of it."""

from pathlib import Path

from streamlit.testing.v1 import AppTest

from recsys.artifacts.open_sets import open_set
from recsys.core.entities import Request
from recsys.engine.engine import Engine
from tests.app.conftest import OpenApp, sentences
from tests.shared import ROOT


def opened(open_app: OpenApp, small_set: Path, **parameters: str) -> AppTest:
    app = open_app(small_set)
    app.query_params["user"] = "none"
    for name, value in parameters.items():
        app.query_params[name] = value
    app.run()
    return app.switch_page(str(ROOT / "pages" / "live_session.py")).run()


def test_learning_is_off_at_first_and_stays_with_who_switched_it_on(
    open_app: OpenApp, small_set: Path, engine: Engine
) -> None:
    clicked = engine.recommend(Request(k=50)).articles[40]
    app = opened(open_app, small_set, session=str(clicked))
    assert not app.toggle(key="learns").value
    before = open_set(small_set).get().engine.recommend(Request()).articles
    app.toggle(key="learns").set_value(True).run()
    assert not app.exception
    assert not app.error
    assert open_set(small_set).get().engine.recommend(Request()).articles == before
    assert not opened(open_app, small_set, session=str(clicked)).toggle(key="learns").value


def test_clicks_on_what_the_set_does_not_have_are_left_out_with_a_word(open_app: OpenApp, small_set: Path) -> None:
    app = opened(open_app, small_set, session="987654321987")
    assert not app.exception
    assert "does not have are left out: 1" in sentences(app)


def test_a_session_that_is_no_list_of_ids_is_told(open_app: OpenApp, small_set: Path) -> None:
    app = opened(open_app, small_set, session="abc,-4")
    assert not app.exception
    assert "are not article ids" in sentences(app)
