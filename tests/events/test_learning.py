"""An engine that learns: what it takes for now, what it counts once, and how it goes on when the store does not."""

import sqlite3
import threading
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from recsys.core.entities import Context, ObservedClick, Request
from recsys.core.types import DAY, HOUR, MINUTE, SECOND
from recsys.data.loader import load
from recsys.data.names import number_of
from recsys.data.profiles import Profiles
from recsys.engine.engine import Engine
from recsys.errors import InputError
from recsys.events.clock import Clock, Now
from recsys.events.learning import LearningEngine
from recsys.events.sqlite_store import SQLiteStore
from recsys.events.store import EventStore, StoreError
from recsys.retrieval.moment import Moment

NEW_ARTICLE = 10**12


def made_up(engine: Engine, number: int, time: int | None = None) -> ObservedClick:
    moment = engine.end - MINUTE + number if time is None else time
    return ObservedClick(f"c{number}", 10**12 + number, NEW_ARTICLE, moment, Context(device=3))


def in_the_log(engine: Engine, first: int, last: int) -> list[ObservedClick]:
    """Clicks of the replay hours, as they come in again from a store."""
    found = engine.replay.rows(slice(first, last))
    return [
        ObservedClick(
            f"again {row}",
            int(engine.user_ids[found.users[row]]),
            int(engine.articles.ids[found.items[row]]),
            int(found.times[row]),
            Context.from_codes(found.contexts[row]),
        )
        for row in range(len(found))
    ]


@pytest.fixture
def store(tmp_path: Path) -> SQLiteStore:
    return SQLiteStore(tmp_path / "events.db")


def by_wall(engine: Engine, after: int) -> Clock:
    """A clock on the wall that stands some ms after the end of the log."""
    return Clock(Now.WALL, lambda: engine.end + after)


def test_a_click_of_today_moves_nobodys_now(engine: Engine, store: EventStore) -> None:
    """A set of last week on a live site: now is now before the click, and after it."""
    learning = LearningEngine(engine, store, by_wall(engine, 7 * DAY))
    request = Request(user_id=int(engine.user_ids[0]))
    before = learning.now()
    now = engine.end + 7 * DAY
    assert now - MINUTE < before.end <= now
    answer = before.recommend(request)
    learning.take_in([made_up(engine, 1, time=now)])
    after = learning.now()
    assert after.end == now + 1
    same = len(set(after.recommend(request).articles) & set(answer.articles))
    assert same >= 7, "the only click of a week counts, and the list is still the same one"


@pytest.mark.parametrize("kind", list(Now))
def test_a_click_from_the_future_is_refused_by_name(engine: Engine, store: EventStore, kind: Now) -> None:
    learning = LearningEngine(engine, store, replace(by_wall(engine, HOUR), kind=kind))
    learning.take_in([made_up(engine, 1, time=engine.end + HOUR + MINUTE)])
    with pytest.raises(InputError, match=r"'c2' has the time 20.*more than a minute from now"):
        learning.take_in([made_up(engine, 3), made_up(engine, 2, time=engine.end + HOUR + MINUTE + 1)])
    assert [one.id for one in store.clicks()] == ["c1"]


def test_one_from_the_future_that_is_stored_already_is_left_out(engine: Engine, store: EventStore) -> None:
    store.append([made_up(engine, 1, time=engine.end + 300 * DAY), made_up(engine, 2)])
    learning = LearningEngine(engine, store, by_wall(engine, HOUR))
    assert learning.now().end == engine.end + HOUR
    assert len(learning.now().replay) == len(engine.replay) + 1


def test_by_the_log_now_is_the_last_click(engine: Engine, store: EventStore) -> None:
    learning = LearningEngine(engine, store, replace(by_wall(engine, DAY), kind=Now.LOG))
    assert learning.now().end == engine.end
    learning.take_in([made_up(engine, 1, time=engine.end + HOUR)])
    assert learning.now().end == engine.end + HOUR + 1


def test_a_gap_of_years_is_crossed_at_once(engine: Engine, store: EventStore) -> None:
    """And nothing in it is looked at hour by hour: once all has decayed, the counts stand at the end of it."""
    later = LearningEngine(engine, store, by_wall(engine, 20 * 365 * DAY)).now()
    moment = later.at(later.end)
    assert later.recommend(Request(int(engine.user_ids[0]))).articles
    for counts in moment.retrievers["popularity"].counts.values():  # type: ignore[attr-defined]
        assert not len(counts.table)
        assert later.end - counts.anchor < 2 * HOUR


def test_what_the_log_of_a_set_holds_counts_once(engine: Engine, store: EventStore) -> None:
    """A set trained on the days whose clicks came in: the store gives them again."""
    again = in_the_log(engine, 0, len(engine.replay))
    store.append([*again, made_up(engine, 1)])
    learned = LearningEngine(engine, store).now()
    assert len(learned.replay) == len(engine.replay) + 1
    expected = engine.observe([made_up(engine, 1)])
    for user in [None, *engine.user_ids[:20].tolist()]:
        assert learned.recommend(Request(user)).scores == expected.recommend(Request(user)).scores


def test_the_log_may_know_times_less_exactly_than_the_store(engine: Engine) -> None:
    """Exported by the second, trained on, and given again by the millisecond."""
    replay = engine.replay.rows(np.flatnonzero(np.diff(engine.replay.times, append=0) != 0))
    coarse = replace(replay, times=replay.times // SECOND * SECOND)
    profiles = Profiles.from_clicks(engine.profiles.base, coarse)
    knowledge = replace(engine.knowledge, replay=coarse, profiles=profiles)
    of_seconds = Engine(engine.dataset, engine.ensemble, knowledge, engine.moments, engine.reranker)
    exact = [replace(one, time=one.time + 321) for one in in_the_log(of_seconds, 0, 500)]
    assert of_seconds.knowledge.not_in_log(exact) == []
    assert of_seconds.knowledge.not_in_log([replace(exact[0], time=exact[0].time + 2 * SECOND)]) != []


def test_where_the_log_tells_clicks_apart_they_are_known_by_their_ids(engine: Engine, tmp_path: Path) -> None:
    """Two clicks of the same moment are two; the one that the log has under its id is one."""
    ids = np.array([number_of(f"again {row}") for row in range(len(engine.replay))])
    replay = replace(engine.replay, ids=ids)
    profiles = Profiles.from_clicks(engine.profiles.base, replay)
    knowledge = replace(engine.knowledge, replay=replay, profiles=profiles)
    with_ids = Engine(engine.dataset, engine.ensemble, knowledge, engine.moments, engine.reranker)
    first, second = in_the_log(engine, 0, 2)
    same_moment = replace(first, id="another")
    assert with_ids.knowledge.not_in_log([first, second, same_moment]) == [same_moment]
    assert len(with_ids.observe([first, same_moment]).replay) == len(engine.replay) + 1


def test_ids_are_read_from_a_log_and_kept_in_its_set(newsroom: Path, tmp_path: Path, engine: Engine) -> None:
    folder = tmp_path / "log"
    (folder / "clicks").mkdir(parents=True)
    source = sorted((newsroom / "clicks").glob("*.csv"))[0]
    frame = pd.read_csv(source)
    frame.assign(click_id=[f"c-{row}" for row in range(len(frame))]).to_csv(
        folder / "clicks" / source.name, index=False
    )
    (folder / "dataset.toml").write_text('name = "x"\ntitle = "x"\n[columns]\nid = "click_id"\n')
    clicks = load(folder)[0].clicks
    assert clicks.ids is not None
    assert set(clicks.ids.tolist()) <= {number_of(f"c-{row}") for row in range(len(frame))}
    assert len(clicks.ids) == len(clicks)
    assert "ids" in clicks.columns()
    assert clicks.joined(replace(clicks, ids=None)).ids is None


def test_a_click_leaves_what_it_does_not_concern_where_it_is(engine: Engine) -> None:
    """The large tables of the log are neither copied nor looked through, however many clicks have come in."""
    often = engine.observe([made_up(engine, number, engine.end + number) for number in range(2_000)])
    before = often.at(often.end)
    once_more = often.observe([replace(made_up(engine, 0), id="one more", time=often.end)])
    after = once_more.at(once_more.end)
    assert once_more.histories.items is engine.histories.items
    assert once_more.profiles.base is engine.profiles.base
    assert once_more.knowledge.replay is engine.knowledge.replay
    assert after.retrievers["item_cf"].counts.settled is before.retrievers["item_cf"].counts.settled  # type: ignore[attr-defined]
    assert after.retrievers["als"].factors is before.retrievers["als"].factors  # type: ignore[attr-defined]


def test_a_late_click_goes_back_no_further_than_it_must(engine: Engine) -> None:
    """Moments are kept behind the latest one; what comes late by minutes starts from the one just before it."""
    learned = engine
    for number in range(180):
        learned = learned.observe([made_up(engine, number, engine.end + number * MINUTE)])
        learned.recommend(Request())
    started: list[int] = []

    def advance(moment: Moment, to: int) -> Moment:
        started.append(moment.time)
        return learned.advance(moment, to)

    most = {5 * SECOND: MINUTE, 30 * SECOND: 2 * MINUTE, 4 * MINUTE: 20 * MINUTE, 50 * MINUTE: 80 * MINUTE}
    for late, back in most.items():
        time = learned.end - late
        learned.moments.with_articles(learned.articles, time).at(time, advance)
        assert time - started[-1] <= back


class Broken(EventStore):
    """A store that works until it is told otherwise."""

    def __init__(self) -> None:
        self.rows: list[ObservedClick] = []
        self.is_broken = False

    def position(self) -> int:
        if self.is_broken:
            raise StoreError("It is locked.")
        return len(self.rows)

    def close(self) -> None:
        pass

    def _insert(self, rows: Sequence[tuple[object, ...]]) -> int:
        raise StoreError("It is locked.")

    def _select(self, position: int, time: int) -> list[tuple[object, ...]]:
        raise StoreError("It is locked.")


def test_answers_go_on_from_what_was_known_while_the_file_is_locked(engine: Engine, tmp_path: Path) -> None:
    file = tmp_path / "events.db"
    learning = LearningEngine(engine, SQLiteStore(file))
    learning.take_in([made_up(engine, number) for number in range(200)])
    known = learning.now().recommend(Request(as_of=engine.end)).articles
    assert NEW_ARTICLE in known
    other = sqlite3.connect(file, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    with pytest.raises(StoreError, match="locked"):
        learning.take_in([made_up(engine, 300)])
    assert learning.problem is not None
    assert learning.now().recommend(Request(as_of=engine.end)).articles == known
    other.execute("ROLLBACK")
    other.close()
    assert learning.take_in([made_up(engine, 300)]) == 1
    learning.now()
    assert learning.problem is None
    assert learning.age == 0


def test_a_server_whose_store_can_not_be_read_answers_and_says_how_old_it_is(engine: Engine) -> None:
    store = Broken()
    learning = LearningEngine(engine, store)
    store.is_broken = True
    assert learning.now().recommend(Request()).articles == engine.recommend(Request()).articles
    assert learning.problem == "It is locked."
    assert learning.age > 0
    store.is_broken = False
    learning.now()
    assert (learning.problem, learning.age) == (None, 0)


def test_two_servers_on_one_store_know_each_others_clicks(engine: Engine, tmp_path: Path) -> None:
    one, other = (LearningEngine(engine, SQLiteStore(tmp_path / "events.db")) for _ in range(2))
    for first, second in ((one, other), (other, one)):
        first.take_in([made_up(engine, number + (0 if first is one else 500)) for number in range(100)])
        request = Request(as_of=engine.end, k=20)
        assert first.now().recommend(request).scores == second.now().recommend(request).scores
        assert len(second.now().replay) == len(first.now().replay)


def test_clicks_from_many_threads_are_all_learned_once(engine: Engine, store: EventStore) -> None:
    learning = LearningEngine(engine, store)

    def send(sender: int) -> None:
        for number in range(20):
            learning.take_in([made_up(engine, 100 * sender + number), made_up(engine, number)])
            learning.now()

    threads = [threading.Thread(target=send, args=(sender,)) for sender in range(4)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert len(learning.now().replay) == len(engine.replay) + len(store.clicks())
