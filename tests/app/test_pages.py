"""Recommend, and what all pages share: visitors, contexts, links, sets that can't be opened."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from recsys.analysis.replay_visits import KINDS, ReplayVisits
from recsys.artifacts.artifact_set import ArtifactSet
from recsys.artifacts.open_sets import HOME_VARIABLE, VARIABLE
from recsys.artifacts.publishing import publish
from recsys.artifacts.store import LoadedSet
from recsys.core.timestamps import iso
from recsys.ui.view_changes import A_WIN
from tests.app.conftest import OpenApp, listed, sentences
from tests.shared import ROOT

RECOMMEND = str(ROOT / "pages" / "recommend.py")


def test_recommend_opens_with_a_visitor_whom_the_reranker_served_best(app: AppTest, loaded: LoadedSet) -> None:
    app.run()
    assert not app.exception
    assert app.title[0].value == "What would we recommend to this reader?"
    assert len(listed(app)) == 10
    assert app.success[0].value.startswith("They really opened")
    assert app.query_params["user"] == str(loaded.showcase[len(loaded.showcase) // 2].user_id)
    assert sum(card["hit"] for card in listed(app)) == 1


@pytest.mark.parametrize("kind", list(KINDS))
def test_a_visitor_of_each_kind_at_random(app: AppTest, loaded: LoadedSet, kind: str) -> None:
    app.run()
    app.menu_button(key="pick").click(kind).run()
    assert not app.exception
    user = int(app.text_input(key="user_text").value)
    visits = ReplayVisits.of(loaded.engine)
    assert user in visits.user_ids[visits.of_kind(kind)]
    assert len(listed(app)) == 10
    assert "They really opened" in sentences(app)
    assert ("based on **context**" in sentences(app)) == (kind == "new")


def test_one_that_only_the_reranker_got_right(app: AppTest, loaded: LoadedSet) -> None:
    app.run()
    app.menu_button(key="pick").click(A_WIN).run()
    assert app.success[0].value.startswith("They really opened")
    assert int(app.text_input(key="user_text").value) in {visit.user_id for visit in loaded.showcase}


def test_overriding_the_context_changes_the_list_and_the_link(app: AppTest) -> None:
    app.run()
    app.text_input(key="user_text").set_value("").run()
    before = listed(app)
    app.selectbox(key="context_device").set_value(3).run()
    app.selectbox(key="context_country").set_value(10).run()
    assert not app.exception
    assert listed(app) != before
    assert "changed by you" in sentences(app)
    assert app.query_params["device"] == "3"
    assert app.query_params["country"] == "10"
    app.number_input(key="k").set_value(25).run()
    assert len(listed(app)) == 25


def test_a_link_reproduces_the_page(app: AppTest, small_set: Path, open_app: OpenApp) -> None:
    app.run()
    app.menu_button(key="pick").click("heavy").run()
    app.selectbox(key="context_os").set_value(20).run()
    app.number_input(key="k").set_value(7).run()
    other = open_app(small_set).switch_page(RECOMMEND)
    other.query_params.update(app.query_params)
    other.run()
    assert not other.exception
    assert listed(other) == listed(app)
    assert other.query_params == app.query_params


def test_a_link_with_names_instead_of_codes(app: AppTest, loaded: LoadedSet) -> None:
    app.query_params["user"] = "none"
    app.query_params["device"] = "Phone"
    app.query_params["country"] = "DE"
    app.query_params["as_of"] = iso(loaded.engine.start.time + 3_600_000)
    app.run()
    assert app.selectbox(key="context_device").value == 3
    assert app.selectbox(key="context_country").value == 10
    assert len(listed(app)) == 10


def test_a_link_without_a_visitor_keeps_what_it_says(app: AppTest, loaded: LoadedSet) -> None:
    app.query_params["device"] = "tablet"
    app.query_params["k"] = "12"
    app.run()
    assert app.selectbox(key="context_device").value == 4
    assert len(listed(app)) == 12
    assert app.query_params["user"] == str(loaded.showcase[len(loaded.showcase) // 2].user_id)


@pytest.mark.parametrize(
    ("parameters", "said"),
    [
        ({"user": "99999999"}, "Unknown reader 99999999"),
        ({"user": "bob"}, "'bob' is not a reader id"),
        ({"user": "5", "k": "1000"}, "k must be a whole number from 1 to 100"),
        ({"user": "²"}, "'²' is not a reader id"),
        ({"user": "9" * 5000}, "is not a reader id"),
        ({"user": "5", "k": "many"}, "k must be a whole number from 1 to 100"),
        ({"user": "5", "as_of": "teatime"}, "'teatime' is not a time like"),
        ({"user": "5", "as_of": "1999-01-01"}, "outside the hours that this set can replay"),
        ({"user": "5", "device": "toaster"}, "Unknown device 'toaster'"),
        ({"user": "5", "device": "99999999"}, "is not a code for device"),
        ({"user": "99999999999999999999999"}, "Unknown reader"),
        ({"set": "other", "user": "5"}, "There is no set 'other' here"),
    ],
)
def test_a_bad_link_gets_a_sentence(app: AppTest, parameters: dict[str, str], said: str) -> None:
    for name, value in parameters.items():
        app.query_params[name] = value
    app.run()
    assert not app.exception
    assert said in sentences(app)


@pytest.mark.parametrize(("typed", "said"), [("99999999", "Unknown reader 99999999"), ("x7", "not a reader id")])
def test_a_bad_id_gets_a_sentence_and_the_next_good_one_works(app: AppTest, typed: str, said: str) -> None:
    app.run()
    app.text_input(key="user_text").set_value(typed).run()
    assert not app.exception
    assert said in sentences(app)
    app.text_input(key="user_text").set_value("5").run()
    assert len(listed(app)) == 10
    assert said not in sentences(app)


def test_a_missing_set_says_what_to_do(tmp_path: Path, open_app: OpenApp, monkeypatch: pytest.MonkeyPatch) -> None:
    app = open_app(tmp_path).run()
    assert not app.exception
    assert "holds no manifest.json" in sentences(app)
    assert "recsys train" in sentences(app)
    monkeypatch.setenv(HOME_VARIABLE, str(tmp_path))
    monkeypatch.delenv(VARIABLE)
    app.run()
    assert not app.exception
    assert "There are no models to show" in sentences(app)
    assert "make demo-artifacts" in sentences(app)


def test_an_empty_set_says_what_to_do(small_set: Path, tmp_path: Path, open_app: OpenApp) -> None:
    whole = ArtifactSet.open(small_set)
    contents = {
        name.removesuffix(".npy"): whole.array(name[:-4]) if name.endswith(".npy") else whole.bytes(name)
        for name in whole.manifest.files
    }
    publish(tmp_path / "set", whole.manifest, contents | {"users": whole.array("users")[:0]})
    app = open_app(tmp_path / "set").run()
    assert not app.exception
    assert "empty set" in sentences(app)
