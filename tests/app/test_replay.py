"""Replay: the stories of the day, and lists that move with the clock alone."""

import json

import pytest
from streamlit.testing.v1 import AppTest

from recsys.artifacts.store import LoadedSet
from recsys.core.timestamps import parse_time
from recsys.core.types import MINUTE
from recsys.ui.view_state import VIEW, ViewState
from recsys.ui.words import lead_in_words, story_in_words
from tests.app.conftest import OpenPage, drawn


@pytest.fixture
def replay(open_page: OpenPage) -> AppTest:
    app = open_page("replay")
    assert not app.exception
    return app


def marks(app: AppTest) -> list[str]:
    """How far the articles of all lists have moved; the stories' cards come first and have other marks."""
    boards = [one for one in app.get("bidi_component") if one.proto.component_name == "recsys.article_lists"]
    assert len(boards) == 2
    columns = json.loads(boards[1].proto.json)["columns"]
    return [card["mark"] for column in columns for card in column["cards"]]


def test_stories_are_those_that_training_found(replay: AppTest, loaded: LoadedSet) -> None:
    stories = loaded.highlights.stories
    columns = drawn(replay, "article_lists")["columns"]
    assert [column["label"] for column in columns] == [lead_in_words(one) for one in stories]
    assert [column["cards"][0]["note"] for column in columns] == [story_in_words(one) for one in stories]


def test_the_chart_on_top_is_of_the_first_story_where_none_is_chosen(replay: AppTest, loaded: LoadedSet) -> None:
    chart = drawn(replay, "story")
    first = loaded.highlights.stories[0]
    assert {mark["time"] for mark in chart["marks"]} >= {first.first_click, first.peak}
    times = loaded.engine.replay.times[
        loaded.engine.replay.items == int(loaded.engine.articles.index(first.article_id))
    ]
    assert sum(chart["counts"]) == len(times)


def test_lists_move_with_the_clock_and_not_with_the_reader(replay: AppTest) -> None:
    assert set(marks(replay)) == {""}, "nothing has moved yet"
    before = parse_time(replay.query_params["as_of"])
    next(one for one in replay.button if one.label == "+ 10 min").click().run()
    assert parse_time(replay.query_params["as_of"]) - before <= 10 * MINUTE
    assert any(mark for mark in marks(replay))
    replay.text_input(key="user_text").set_value("").run()
    assert set(marks(replay)) == {""}, "another reader is no movement in time"


def test_a_story_that_is_over_stops_playing(replay: AppTest, loaded: LoadedSet) -> None:
    story = loaded.highlights.stories[0]
    replay.session_state[VIEW] = ViewState(as_of=story.peak + 10 * MINUTE, article=story.article_id)
    replay.session_state["playing"] = True
    replay.run()
    assert replay.toggle(key="playing").value is True
    replay.session_state[VIEW] = ViewState(as_of=story.peak + 31 * MINUTE, article=story.article_id)
    replay.run()
    assert not replay.exception
    assert replay.toggle(key="playing").value is False
