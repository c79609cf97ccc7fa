"""The bridge to the published protocol, which knows sessions whole."""

from benchmarks.whole_sessions import with_whole_sessions
from recsys.core.types import HOUR
from tests.helpers import T0, tiny_log


def test_a_session_is_known_whole_from_the_end_of_the_hour_in_which_it_opened() -> None:
    log = tiny_log([(0, 1, 4, 0.9), (1, 2, 5, 0.95), (0, 1, 6, 1.5), (2, 3, 7, 1.2)])
    before = log.before(T0 + HOUR).clicks
    assert sorted(before.items.tolist()) == [4, 5]
    known = with_whole_sessions(log)
    past = known.before(T0 + HOUR).clicks
    assert past.items.tolist() == [4, 5, 6], "the click in the next hour is moved, behind those before it"
    later = known.clicks.rows(slice(3, 4))
    assert (later.items.tolist(), later.times.tolist()) == ([7], [T0 + int(1.2 * HOUR)])
