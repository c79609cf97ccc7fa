"""A | B: what is shared, what moved, and which of two sets is better."""

import time
from pathlib import Path
from urllib.parse import parse_qs

import pytest
from streamlit.testing.v1 import AppTest

from recsys.artifacts.open_sets import HOME_VARIABLE
from recsys.artifacts.store import LoadedSet, load
from recsys.backtest.two_sets import on_kept_visits
from recsys.core.entities import Request
from recsys.core.timestamps import iso
from recsys.evaluation.set_comparison import list_overlap
from tests.app.conftest import OpenApp, drawn, sentences
from tests.shared import ROOT

PAGE = str(ROOT / "pages" / "a_b.py")


@pytest.fixture
def a_b(small_set: Path, open_app: OpenApp) -> AppTest:
    return open_app(small_set).switch_page(PAGE).run()


def both(app: AppTest) -> tuple[list[int], list[int]]:
    assert not app.exception
    a, b = ([card["id"] for card in column["cards"]] for column in drawn(app, "pair")["columns"])
    return a, b


def test_at_first_both_are_the_same(a_b: AppTest) -> None:
    a, b = both(a_b)
    assert a == b
    assert "10 shared, 0 different" in sentences(a_b)
    assert "100% alike" in sentences(a_b)
    assert parse_qs(a_b.query_params["a_b.a"])["user"] == [a_b.query_params["user"]]


def test_a_stays_while_b_follows_the_controls(a_b: AppTest, loaded: LoadedSet) -> None:
    a, _ = both(a_b)
    view = a_b.query_params
    a_b.selectbox(key="context_device").set_value(4).run()
    still, b = both(a_b)
    assert still == a
    visit = next(one for one in loaded.visits if str(one.user_id) == view["user"] and iso(one.as_of) == view["as_of"])
    answer = loaded.engine.recommend(Request(visit.user_id, overrides={"device": 4}, as_of=visit.as_of))
    assert b == list(answer.articles)
    shared = len(set(a) & set(b))
    assert f"{shared} shared, {len(b) - shared} different" in sentences(a_b)
    assert f"{list_overlap(a, b):.0%} alike" in sentences(a_b)
    assert "They differ in device (tablet instead of the stored one)" in sentences(a_b)
    marks = {card["id"]: card["mark"] for card in drawn(a_b, "pair")["columns"][1]["cards"]}
    assert {one for one, mark in marks.items() if mark == "new"} == set(b) - set(a)


def test_whatever_can_be_changed_is_named(a_b: AppTest) -> None:
    a_b.button_group(key="active").set_value(["popularity", "two_tower"]).run()
    assert "what is switched off (Item-to-item CF instead of nothing)" in sentences(a_b)
    a_b.text_input(key="user_text").set_value("").run()
    assert "reader (a new one instead of" in sentences(a_b)
    assert "moment (" in sentences(a_b)


def test_b_becomes_a_and_a_link_shows_the_same(a_b: AppTest, small_set: Path, open_app: OpenApp) -> None:
    a_b.selectbox(key="context_country").set_value(10).run()
    _, b = both(a_b)
    other = open_app(small_set).switch_page(PAGE)
    other.query_params.update(a_b.query_params)
    assert both(other.run()) == both(a_b)
    next(one for one in a_b.button if one.label == "Pin B as A").click().run()
    assert both(a_b) == (b, b)


def test_a_pin_that_cannot_be_read_is_set_anew(small_set: Path, open_app: OpenApp) -> None:
    app = open_app(small_set).switch_page(PAGE)
    app.query_params["a_b.a"] = "set=nowhere&user=%F0&as_of=teatime"
    a, b = both(app.run())
    assert a == b


def test_two_sets_are_compared_as_the_command_line_does(
    small_set: Path, older_set: Path, tmp_path: Path, open_app: OpenApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, folder in (("new", small_set), ("old", older_set)):
        (tmp_path / name).symlink_to(folder)
    app = open_app(tmp_path / "old").switch_page(PAGE)
    monkeypatch.setenv(HOME_VARIABLE, str(tmp_path))
    app.run()
    app.selectbox(key="set").set_value("new").run()
    found = on_kept_visits(load(older_set), load(small_set), lambda _: None)
    for _ in range(120):
        if f"**{found.verdict('B', 'A')}**" in sentences(app):
            break
        time.sleep(0.5)
        app.run()
    said = sentences(app)
    assert not app.exception
    assert f"B answered {found.wins['new']:,} of" in said
    assert found.notes[0] in said
    rows = next(one.value for one in app.dataframe if "figure" in one.value)
    assert rows["a"].tolist()[:6] == [one.old for one in found.metrics.values()]
    assert rows["b"].tolist()[:6] == [one.new for one in found.metrics.values()]
    visits = next(one.value for one in app.dataframe if "rank_a" in one.value)
    assert visits["visitor"].tolist() == [one.user_id for one in found.visits]
