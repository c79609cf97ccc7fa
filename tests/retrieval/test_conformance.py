"""What every retriever must do, whichever it is."""

import gc
import weakref
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recsys.core.batches import make_visitors
from recsys.data.histories import Histories
from recsys.core.batches import Visitors
from recsys.core.entities import Request
from recsys.core.types import HOUR, PAD
from recsys.engine.engine import Engine, Moment
from recsys.retrieval.base import Retriever
from recsys.retrieval.registry import RETRIEVERS

retriever_name = pytest.mark.parametrize("name", list(RETRIEVERS))


@pytest.fixture(scope="module")
def moment(engine: Engine) -> Moment:
    return engine.at(engine.start.time + 9 * HOUR)


@pytest.fixture(scope="module")
def visitors(engine: Engine, moment: Moment) -> Visitors:
    """Readers of all kinds, and one whom nobody knows."""
    active = np.unique(engine.replay.users)[:60]
    requests = [Request(user_id=int(engine.user_ids[user])) for user in active] + [Request()]
    return engine.visitors(requests, moment)[0]


def row_of(visitors: Visitors, row: int) -> Visitors:
    """One visitor of a batch as a batch of one."""
    one = slice(row, row + 1)
    mine = visitors.read[visitors.read >> 32 == row] & 0xFFFFFFFF
    columns = (visitors.items, visitors.times, visitors.contexts, visitors.as_of, visitors.clicks)
    return Visitors(*(column[one] for column in columns), mine)


@retriever_name
def test_lists_are_unique_unread_and_in_order(name: str, moment: Moment, visitors: Visitors) -> None:
    retriever = moment.retrievers[name]
    found = retriever.retrieve(visitors)
    assert found.items.shape == found.scores.shape
    assert found.items.shape[0] == len(visitors)
    assert found.items.shape[1] <= retriever.list_size
    assert (found.items != PAD).any()
    for row in range(len(visitors)):
        items = found.items[row][found.items[row] != PAD]
        scores = found.scores[row, : len(items)]
        assert len(np.unique(items)) == len(items)
        assert not visitors.has_read(np.full(len(items), row), items).any()
        assert (np.diff(scores) <= 0).all()
        assert np.isfinite(scores).all()
        assert (found.items[row, len(items) :] == PAD).all()
        assert np.isin(items, moment.live.items).all()


@retriever_name
def test_a_batch_answers_like_one_at_a_time(name: str, moment: Moment, visitors: Visitors) -> None:
    retriever = moment.retrievers[name]
    together = retriever.scores(visitors)
    lists = retriever.retrieve(visitors)
    for row in range(len(visitors)):
        alone = row_of(visitors, row)
        assert np.array_equal(retriever.scores(alone)[0], together[row])
        assert np.array_equal(retriever.retrieve(alone).items[0], lists.items[row])


@retriever_name
def test_fewer_than_asked_for_is_no_error(name: str, moment: Moment, visitors: Visitors) -> None:
    found = moment.retrievers[name].retrieve(visitors, 100_000)
    assert found.items.shape[1] <= len(moment.live.items)
    everything = np.arange(len(moment.live.articles))
    rows = np.zeros(len(everything), np.int64)
    times = np.full(len(everything), moment.time - 1)
    read_all = make_visitors(
        rows, everything.astype(np.int32), times, visitors.as_of[:1], visitors.contexts[:1], depth=20
    )
    assert (moment.retrievers[name].retrieve(read_all, 10).items == PAD).all()
    assert moment.retrievers[name].retrieve(visitors, 0).items.shape == (len(visitors), 0)


@retriever_name
def test_an_empty_history_and_unknown_articles_are_no_error(name: str, moment: Moment, visitors: Visitors) -> None:
    items = np.array([PAD, int(moment.live.items[0])], np.int32)
    times = np.full(2, moment.time - HOUR)
    as_of = np.full(3, moment.time)
    contexts = np.zeros((3, 6), np.int16)
    strangers = make_visitors(np.array([1, 2]), items, times, as_of, contexts, 20)
    retriever = moment.retrievers[name]
    scores = retriever.scores(strangers)
    assert scores.shape == (3, len(moment.live.items))
    assert not np.isnan(scores).any()
    empty = make_visitors(np.empty(0, np.int64), items[:0], times[:0], as_of[:0], contexts[:0], 20)
    assert retriever.retrieve(empty).items.shape[0] == 0


@retriever_name
@settings(max_examples=10)
@given(data=st.data())
def test_nothing_after_the_moment_can_change_an_answer(
    name: str, data: st.DataObject, engine: Engine, moment: Moment, visitors: Visitors
) -> None:
    """Add later clicks to the histories that ``advance`` may ask, and the scores stay the same to the bit."""
    later = data.draw(
        st.lists(
            st.tuples(
                st.integers(0, len(engine.user_ids) - 1),
                st.integers(0, len(engine.articles) - 1),
                st.integers(0, 20 * HOUR),
            ),
            min_size=1,
            max_size=200,
        )
    )
    clicks = engine.replay.before(moment.time)
    users = np.array([user for user, _, _ in later], np.int32)
    extended = clicks.joined(
        replace(
            clicks.rows(np.zeros(len(later), np.int64)),
            users=users,
            items=np.array([item for _, item, _ in later], np.int32),
            times=np.sort(moment.time + np.array([ms for _, _, ms in later], np.int64)),
        )
    )
    with_more = Histories.from_clicks(extended, len(engine.user_ids))
    without = Histories.from_clicks(clicks, len(engine.user_ids))
    start: Retriever = engine.start.retrievers[name]
    live = engine.start.live.advance(clicks, moment.time)
    one = start.advance(clicks, with_more, live)
    other = start.advance(clicks, without, live)
    assert np.array_equal(one.scores(visitors), other.scores(visitors))


@retriever_name
def test_advancing_in_steps_or_in_one_go_is_the_same(name: str, engine: Engine, visitors: Visitors) -> None:
    stops = [engine.start.time + minutes * 60_000 for minutes in (17, 60, 61, 200, 9 * 60)]
    stepwise = engine.start
    for stop in stops:
        stepwise = stepwise.advance(engine.replay.between(stepwise.time, stop), engine.histories, stop)
    at_once = engine.start.advance(engine.replay.before(stops[-1]), engine.histories, stops[-1])
    assert np.array_equal(stepwise.retrievers[name].scores(visitors), at_once.retrievers[name].scores(visitors))


@retriever_name
def test_saved_and_restored_gives_the_same_answer(name: str, engine: Engine, visitors: Visitors) -> None:
    before = engine.start.retrievers[name]
    after = RETRIEVERS[name].restore(dict(before.state()), engine.start.live)
    assert np.array_equal(before.scores(visitors), after.scores(visitors))
    stop = engine.start.time + 2 * HOUR
    clicks = engine.replay.before(stop)
    live = engine.start.live.advance(clicks, stop)
    moved = [one.advance(clicks, engine.histories, live).scores(visitors) for one in (before, after)]
    assert np.array_equal(*moved)


@retriever_name
def test_what_a_moment_holds_goes_with_it(name: str, engine: Engine) -> None:
    """Without waiting for the collector, which counts objects and not bytes: a backtest goes through hundreds."""
    later = engine.start.time + 10 * HOUR
    moment = engine.start.advance(engine.replay.before(later), engine.histories, later)
    retriever = moment.retrievers[name]
    visitors, _ = engine.visitors([Request(user_id=int(engine.user_ids[0])), Request()], moment)
    engine.rank([Request(user_id=int(engine.user_ids[0])), Request()], moment)
    retriever.scores(visitors)
    gone = weakref.ref(retriever)
    gc.disable()
    try:
        del moment, retriever, visitors
        assert gone() is None
    finally:
        gc.enable()
