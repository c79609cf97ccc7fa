import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recsys.retrieval.item_cf.last_clicks import LastClicks
from recsys.retrieval.item_cf.session_knn import RecentSessions, SessionKNNSettings, SessionNeighbours
from recsys.retrieval.live_articles import LiveArticles
from tests.helpers import live_at, tiny_log

SETTINGS = SessionKNNSettings()


Found = tuple[SessionNeighbours, LiveArticles]


def neighbours(rows: list, hours: float, settings: SessionKNNSettings = SETTINGS) -> Found:
    log = tiny_log(rows)
    live = live_at(log, hours)
    recent = RecentSessions.empty().joined(log.clicks.before(live.moment))
    return SessionNeighbours.index(settings, recent, live.moment, len(live.articles)), live


def ask(found: Found, weights: dict[int, float]) -> np.ndarray:
    sessions, live = found
    items, counted = np.array(list(weights), np.int32), np.array(list(weights.values()))
    return sessions.shares(LastClicks(np.zeros(len(items), np.int64), items, counted, 1), live)[0]


def test_shares_by_hand() -> None:
    """Session {1, 2} an hour old and session {1, 3, 4} three hours old; the visitor read 1."""
    found = neighbours([(0, 0, 1, 0.9), (0, 0, 2, 1.0), (1, 1, 1, 3.0 - 0.1), (1, 1, 3, 3.0), (1, 1, 4, 3.0)], 4.0)
    old = 2 ** (-3 / SETTINGS.half_life) * 2**-SETTINGS.length_damping
    new = 2 ** (-1 / SETTINGS.half_life) * 3**-SETTINGS.length_damping
    total = 2 * old + 3 * new
    expected = np.array([old + new, old, new, new]) / total  # articles 1, 2, 3, 4
    assert ask(found, {1: 0.7}) == pytest.approx(expected, rel=1e-5)


def test_two_articles_in_common_count_more_than_twice_one() -> None:
    found = neighbours(
        [(0, 0, 1, 1.0), (0, 0, 2, 1.0), (0, 0, 3, 1.0), (1, 1, 1, 1.0), (1, 1, 4, 1.0), (1, 1, 5, 1.0)], 2.0
    )
    shares = ask(found, {1: 1.0, 2: 1.0})
    three, four = shares[2], shares[3]
    assert three == pytest.approx(four * 2**SETTINGS.sharpness)


def test_only_the_newest_sessions_of_an_article_are_looked_at() -> None:
    rows = [(0, 0, 1, 0.1), (0, 0, 2, 0.2), (1, 1, 1, 0.8), (1, 1, 3, 0.9)]
    assert (ask(neighbours(rows, 1.0), {1: 1.0}) > 0).all()
    shares = ask(neighbours(rows, 1.0, SessionKNNSettings(newest_sessions=1)), {1: 1.0})
    assert shares[1] == 0
    assert shares[2] > 0


def test_nobody_like_the_visitor_gives_zeros() -> None:
    found = neighbours([(0, 0, 1, 0.1), (0, 0, 2, 0.2)], 1.0)
    assert not ask(found, {}).any()
    assert not ask(found, {7: 1.0}).any()


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 6)), max_size=40), st.integers(0, 40), st.integers(0, 40))
def test_sessions_kept_in_order_are_as_if_sorted_at_once(rows: list, cut: int, since: int) -> None:
    log = tiny_log([(session, session, item, 0.1 * number) for number, (session, item) in enumerate(rows)])
    clicks = log.clicks
    in_steps = RecentSessions.empty().joined(clicks.rows(slice(cut))).joined(clicks.rows(slice(cut, None)))
    at_once = RecentSessions.of(clicks)
    assert in_steps.by_session.tolist() == at_once.by_session.tolist()
    if since < len(clicks):
        time = int(clicks.times[since])
        for part in (in_steps.since(time), in_steps.before(time)):
            assert part.by_session.tolist() == np.argsort(part.sessions, kind="stable").tolist()
            of = list(zip(part.sessions.tolist(), part.items.tolist(), strict=True))
            sessions, items, ended = part.by_newness()
            assert len(ended) == len({session for session, _ in of})
            assert len(items) == len(sessions) == len(set(of))
            assert (np.diff(ended) <= 0).all()
