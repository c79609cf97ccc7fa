"""The controls above the pages: what survives another reader, another page, another set, and what is said where not."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from recsys.artifacts.open_sets import HOME_VARIABLE, VARIABLE
from recsys.artifacts.store import LoadedSet, load
from recsys.core.timestamps import iso
from tests.app.conftest import drawn, listed, sentences
from tests.shared import DEMO, ROOT


def two_readers(loaded: LoadedSet) -> tuple[int, int]:
    return loaded.visits[3].user_id, loaded.visits[90].user_id


def opened(app: AppTest, user: int) -> AppTest:
    app.query_params["user"] = str(user)
    return app.run()


def test_another_reader_has_their_own_context_and_moment_and_the_page_says_so(app: AppTest, loaded: LoadedSet) -> None:
    first, second = two_readers(loaded)
    opened(app, first)
    app.selectbox(key="context_device").set_value(3).run()
    before = app.query_params["as_of"]
    app.text_input(key="user_text").set_value(str(second)).run()
    assert "device" not in app.query_params
    assert app.query_params["as_of"] != before
    assert "Device, OS and country are this reader's own again" in sentences(app)
    app.number_input(key="k").set_value(7).run()
    assert "own again" not in sentences(app), "it is said once"


def test_with_keep_on_another_reader_is_seen_at_the_same_moment_in_the_same_context(
    app: AppTest, loaded: LoadedSet
) -> None:
    first, second = two_readers(loaded)
    opened(app, first)
    app.selectbox(key="context_device").set_value(3).run()
    app.toggle(key="keep").set_value(True).run()
    before = dict(app.query_params)
    app.text_input(key="user_text").set_value(str(second)).run()
    assert dict(app.query_params) == {**before, "user": str(second)}
    assert app.query_params["keep"] == "yes"
    assert "own again" not in sentences(app)


def test_what_is_stored_of_a_reader_is_not_offered_of_one_whom_nobody_knows(app: AppTest, loaded: LoadedSet) -> None:
    opened(app, two_readers(loaded)[0])
    assert app.selectbox(key="context_device").options[0] == "Stored"
    app.selectbox(key="context_device").set_value(3).run()
    app.toggle(key="keep").set_value(True).run()
    app.text_input(key="user_text").set_value("").run()
    assert not app.exception
    assert app.selectbox(key="context_device").options[0] == "Unknown"
    assert app.selectbox(key="context_device").value == 3
    assert app.query_params["device"] == "3"
    app.selectbox(key="context_device").set_value(-1).run()
    assert "device" not in app.query_params


def test_reset_is_the_readers_own_view(app: AppTest, loaded: LoadedSet) -> None:
    user, _ = two_readers(loaded)
    before = listed(opened(app, user))
    as_of = app.query_params["as_of"]
    app.selectbox(key="context_country").set_value(10).run()
    app.button_group(key="active").set_value(["popularity"]).run()
    app.datetime_input(key="moment").set_value(datetime(2017, 10, 4, 7, 30)).run()
    assert not app.exception
    assert app.query_params["without"] == "item_cf,two_tower"
    app.button(key="reset").click().run()
    assert set(app.query_params) == {"set", "user", "as_of"}
    assert app.query_params["as_of"] == as_of
    assert listed(app) == before


def test_a_whole_context_at_once_and_what_it_changes(app: AppTest, loaded: LoadedSet) -> None:
    user, _ = two_readers(loaded)
    own = [card["id"] for card in listed(opened(app, user))]
    another = next(label for label in app.menu_button(key="try").options if label not in sentences(app))
    app.menu_button(key="try").click(another).run()
    assert not app.exception
    assert set(app.query_params) >= {"device", "os", "country"}
    cards = listed(app)
    new = [card["id"] for card in cards if card["id"] not in own]
    assert [card["id"] for card in cards if card["mark"] == "new here"] == new
    assert f"In this context **{len(new)} of {len(cards)}** articles are new" in sentences(app)


def test_the_clock_goes_to_the_minute_that_is_chosen(app: AppTest, loaded: LoadedSet) -> None:
    opened(app, loaded.visits[3].user_id)
    wanted = (loaded.engine.start.time // 60_000 + 90) * 60_000
    moment = datetime(1970, 1, 1) + timedelta(milliseconds=wanted)
    app.datetime_input(key="moment").set_value(moment).run()
    assert app.query_params["as_of"] == iso(wanted)


def test_a_bad_id_leaves_everything_as_it_was(app: AppTest, loaded: LoadedSet) -> None:
    user, _ = two_readers(loaded)
    before = listed(opened(app, user))
    for typed in ("abc", "99999999"):
        app.text_input(key="user_text").set_value(typed).run()
        assert sentences(app).count(f"This is still reader {user}.") == 1
        assert app.text_input(key="user_text").value == str(user)
        assert app.query_params["user"] == str(user)
        assert listed(app) == before


@pytest.mark.parametrize(
    ("parameters", "advice"),
    [
        ({"user": "99999999"}, "Type another id above"),
        ({"as_of": "1999-01-01"}, "Choose another moment above, or press Reset."),
        ({"device": "99999999"}, "is not a code for device"),
        ({"without": "item_cf,popularity,two_tower"}, "All algorithms are switched off. Switch one on above."),
    ],
)
def test_advice_fits_what_is_wrong(app: AppTest, parameters: dict[str, str], advice: str) -> None:
    for name, value in parameters.items():
        app.query_params[name] = value
    assert advice in sentences(app.run())
    assert not app.exception


def test_what_a_page_offers_is_kept_on_leaving_and_is_in_its_own_links_only(app: AppTest) -> None:
    app.run()
    app.switch_page(str(ROOT / "pages" / "compare.py")).run()
    app.button_group(key="compare.rows").set_value("pool").run()
    rows = len(drawn(app, "matrix")["rows"])
    assert rows > 60
    assert app.query_params["compare.rows"] == "pool"
    app.switch_page(str(ROOT / "pages" / "explain.py")).run()
    assert "compare.rows" not in app.query_params
    app.switch_page(str(ROOT / "pages" / "compare.py")).run()
    assert app.query_params["compare.rows"] == "pool"
    assert len(drawn(app, "matrix")["rows"]) == rows


@pytest.fixture
def two_sets(app: AppTest, small_set: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    (tmp_path / "demo").symlink_to(DEMO)
    (tmp_path / "small").symlink_to(small_set)
    monkeypatch.setenv(HOME_VARIABLE, str(tmp_path))
    monkeypatch.delenv(VARIABLE)
    return app


def test_another_set_keeps_what_it_knows_and_says_what_it_does_not(two_sets: AppTest, loaded: LoadedSet) -> None:
    demo = load(DEMO).engine
    stranger = int(demo.user_ids[-1])
    assert not loaded.engine.knows(stranger)
    app = opened(two_sets, stranger)
    app.selectbox(key="context_device").set_value(3).run()
    app.number_input(key="k").set_value(7).run()
    app.button_group(key="active").set_value(["popularity", "two_tower"]).run()
    app.selectbox(key="set").set_value("small").run()
    assert not app.exception
    assert app.query_params["set"] == "small"
    assert app.query_params["device"] == "3"
    assert app.query_params["k"] == "7"
    assert app.query_params["without"] == "item_cf"
    assert f"does not have reader {stranger}, so another one is shown." in sentences(app)
    assert len(listed(app)) == 7


def test_another_set_keeps_the_reader_whom_it_knows(two_sets: AppTest, loaded: LoadedSet) -> None:
    demo = load(DEMO).engine
    both = next(one for one in loaded.engine.user_ids.tolist() if demo.knows(one))
    app = opened(two_sets, both)
    app.selectbox(key="set").set_value("small").run()
    assert not app.exception
    assert app.query_params["user"] == str(both)


def test_one_of_ones_own_clicks_can_be_taken_back(app: AppTest, loaded: LoadedSet) -> None:
    clicked = [int(one) for one in loaded.engine.articles.ids[loaded.engine.start.live.items[:3]]]
    app.query_params["session"] = ",".join(map(str, clicked))
    app.run()
    app.switch_page(str(ROOT / "pages" / "live_session.py")).run()
    app.button(key="take_back_1").click().run()
    assert not app.exception
    assert app.query_params["session"] == f"{clicked[0]},{clicked[2]}"
