"""The film of the replay hours and the live session: what they show is what the engine says."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from recsys.analysis.live_session import LiveSession, observed, steps
from recsys.analysis.replay import Timeline, keep_checkpoints, next_clicks, rising, timeline
from recsys.artifacts.store import LoadedSet, load
from recsys.core.entities import ENSEMBLE, Request
from recsys.core.types import HOUR, MINUTE, PAD
from recsys.engine.engine import Engine
from recsys.ui.tables import replay as clock


@pytest.fixture(scope="module")
def film(engine: Engine) -> Timeline:
    return timeline(engine, Request(), 6 * HOUR, 10, lambda _: None)


def test_the_film_holds_what_the_engine_says_at_each_moment(engine: Engine, film: Timeline) -> None:
    assert film.moments[0] == engine.start.time
    assert film.moments[-1] == engine.end
    for row, time in enumerate(film.moments.tolist()):
        answer = engine.recommend(Request(as_of=time, k=10))
        items = film.lists[ENSEMBLE][row]
        assert engine.articles.ids[items[items != PAD]].tolist() == list(answer.articles)
        popular = answer.ranking.pool.candidates["popularity"].items[0, :10]
        assert film.lists["popularity"][row].tolist() == popular.tolist()


def test_from_a_checkpoint_every_moment_is_the_same(loaded: LoadedSet, small_set: Path) -> None:
    engine = load(small_set).engine
    keep_checkpoints(engine)
    for hours in (23.5, 6, 11.9, 0.1, 24):
        request = Request(as_of=engine.start.time + round(hours * HOUR))
        mine, theirs = engine.recommend(request), loaded.engine.recommend(request)
        assert (mine.articles, mine.scores) == (theirs.articles, theirs.scores)


def test_where_an_article_stood_and_since_when() -> None:
    lists = np.array([[4, 7, PAD], [7, 9, 4], [9, 7, 4]], np.int32)
    film = Timeline(np.array([100, 200, 300]), {"als": lists})
    assert film.ranks(4)["als"].tolist() == [1, 3, 3]
    assert film.ranks(9)["als"].tolist() == [0, 2, 1]
    assert film.ranks(5)["als"].tolist() == [0, 0, 0]
    assert film.listed_from("als", 2) == {4: 100, 7: 100, 9: 200}


def test_what_rises_is_counted_from_the_log(engine: Engine) -> None:
    time = engine.start.time + 10 * HOUR
    found = rising(engine.at(time), 5)
    assert len(found.items) == 5
    for item, clicks, before in zip(found.items, found.clicks, found.before, strict=True):
        times = engine.replay.times[engine.replay.items == item]
        assert clicks == ((times >= time - HOUR) & (times < time)).sum()
        assert before == ((times >= time - 2 * HOUR) & (times < time - HOUR)).sum()
        assert clicks > before


def test_what_happened_next_is_each_visitors_first_click(engine: Engine) -> None:
    time = engine.start.time + 10 * HOUR
    clicks = next_clicks(engine, time, time + 30 * MINUTE)
    assert len(set(clicks.users.tolist())) == len(clicks)
    assert (np.diff(clicks.times) >= 0).all()
    rows, came = clock.happened(engine, time, 30, 10)
    assert came == len(clicks)
    for row in rows.head(20).to_dict("records"):
        answer = engine.recommend(Request(int(row["visitor"]), as_of=time, k=10))
        titles = [engine.title_of(one) for one in answer.articles]
        if pd.notna(row[ENSEMBLE]):
            assert titles[int(row[ENSEMBLE]) - 1] == row["article"]


def test_nobody_comes_after_the_end(engine: Engine) -> None:
    rows, came = clock.happened(engine, engine.end, 30, 10)
    assert rows.empty
    assert came == 0


def test_each_step_of_a_session_is_what_the_engine_says(engine: Engine) -> None:
    ids = engine.recommend(Request(k=100)).articles
    session = LiveSession(engine.end, ids[:9:3], {"device": 3}, k=10)
    found = steps(engine, session)
    for number in range(4):
        answer = engine.recommend(session.request(session.article_ids[:number]))
        items = found.lists[ENSEMBLE][number]
        assert engine.articles.ids[items[items != PAD]].tolist() == list(answer.articles)
    whole = set(engine.recommend(session.request()).articles)
    first_left_out = set(engine.recommend(session.request(session.article_ids[1:])).articles)
    assert found.counted[0] == len(whole - first_left_out)
    assert len(found.counted) == 3


def test_a_session_without_clicks_is_a_new_visitor(engine: Engine) -> None:
    session = LiveSession(engine.end, overrides={"device": 3})
    assert engine.recommend(session.request()).articles == engine.recommend(Request(overrides={"device": 3})).articles
    assert steps(engine, session).counted.tolist() == []


def test_learning_from_a_crowd_moves_others_lists_and_leaves_the_engine_alone(engine: Engine) -> None:
    somebody = Request(as_of=engine.end, k=10)
    before = engine.recommend(somebody).articles
    unlisted = engine.recommend(Request(k=100)).articles[60]
    session = LiveSession(engine.end, (unlisted,))
    told = engine.observe(observed(session, 300))
    assert unlisted in told.recommend(somebody).articles
    assert engine.recommend(somebody).articles == before
