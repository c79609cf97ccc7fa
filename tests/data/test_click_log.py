from dataclasses import replace

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from recsys.core.types import HOUR, PAD
from recsys.data.click_log import ClickLog
from recsys.data.clicks import Clicks
from recsys.data.histories import Histories
from tests.helpers import DESKTOP_US, T0, tiny_log, visitors_at

rows = st.lists(
    st.tuples(st.integers(0, 4), st.integers(0, 3), st.integers(0, 7), st.integers(0, 30).map(lambda n: n / 4)),
    min_size=1,
    max_size=40,
)


def test_a_slice_of_the_log_is_a_view(log: ClickLog) -> None:
    moment = int(log.clicks.times[len(log.clicks) // 2])
    before = log.before(moment)
    assert 0 < len(before.clicks) < len(log.clicks)
    assert before.clicks.times.max() < moment
    for column in ("users", "items", "times", "sessions", "contexts"):
        assert np.shares_memory(getattr(before.clicks, column), getattr(log.clicks, column))


@given(rows, st.integers(0, 5), st.integers(0, 32), st.integers(1, 6))
def test_a_history_is_what_the_user_clicked_before(rows: list, user: int, quarter: int, depth: int) -> None:
    log = tiny_log(rows)
    hours = quarter / 4
    expected = [r[2] for r in sorted(rows, key=lambda r: r[3]) if r[0] == user and r[3] < hours]
    visitors = log.histories.visitors(
        np.array([user], np.int32), np.array([T0 + round(hours * HOUR)]), np.array([DESKTOP_US], np.int16), depth
    )
    newest_first = expected[::-1][:depth]
    assert visitors.items[0].tolist() == newest_first + [PAD] * (depth - len(newest_first))
    assert visitors.clicks[0] == len(expected)
    assert sorted(visitors.barred.tolist()) == sorted(expected), "of the only visitor, row 0"


@given(rows, st.integers(1, 6))
def test_readers_are_the_visitors_who_clicked(rows: list, depth: int) -> None:
    """Looked back at: the same at less cost, and nothing is barred."""
    log = tiny_log(rows)
    clicks = log.clicks
    whole = log.histories.visitors(clicks.users, clicks.times, clicks.contexts, depth)
    readers = log.histories.readers(clicks, depth)
    for name in ("items", "times", "contexts", "as_of", "clicks"):
        np.testing.assert_array_equal(getattr(readers, name), getattr(whole, name))
    assert not len(readers.barred)


def test_somebody_unknown_has_no_history() -> None:
    visitors = visitors_at(tiny_log([(0, 0, 1, 0.0)]), [-1, 0], 1.0)
    assert visitors.clicks.tolist() == [0, 1]
    assert (visitors.items[0] == PAD).all()


def test_the_end_of_the_log_ignores_stragglers() -> None:
    busy = [(i % 8, i, i % 8, i / 50) for i in range(500)]
    assert tiny_log([*busy, (1, 999, 1, 300.0)]).end == T0 + 10 * HOUR


@given(
    st.lists(st.tuples(st.integers(0, 5), st.integers(0, 9), st.integers(0, 30)), max_size=40),
    st.integers(0, 31),
    st.sampled_from([T0, T0 + (1 << 33)]),
)
def test_histories_that_grow_are_those_of_the_whole_log(rows: list, cut: int, late: int) -> None:
    """Clicks of six users in 30 ms; with some of them later than 32 bits of ms reach."""
    rows = sorted(rows, key=lambda row: row[2])
    users, items, ms = np.array(rows, np.int64).reshape(-1, 3).T
    times = np.where(ms < cut, T0, late) + ms
    nothing = np.zeros(len(rows), np.int64)
    clicks = Clicks(users.astype(np.int32), items.astype(np.int32), times, nothing, np.zeros((len(rows), 6), np.int16))
    whole = Histories.from_clicks(clicks, 6)
    known = int(users[ms < cut].max(initial=-1)) + 1
    logged = Histories.from_clicks(clicks.rows(ms < cut), known)
    grown = replace(logged, arrived=logged.arrived.with_clicks(clicks.rows(ms >= cut)))
    everybody = np.arange(-1, 6, dtype=np.int32)
    for moment in (T0 + cut, late + cut, late + 100):
        for mine, theirs in zip(*(one.known(everybody, np.full(7, moment)) for one in (grown, whole)), strict=True):
            assert mine.tolist() == theirs.tolist()
        starts, ends = whole.spans(everybody, np.full(7, moment))
        assert (ends - starts).tolist() == [int(((users == user) & (times < moment)).sum()) for user in everybody]
    for user in range(6):
        assert [one.tolist() for one in grown.of(user)] == [one.tolist() for one in whole.of(user)]
