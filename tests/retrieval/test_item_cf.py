import numpy as np
import pytest

from recsys.retrieval.item_cf.retriever import ItemCF
from recsys.retrieval.item_cf.settings import ItemCFSettings
from recsys.retrieval.live_articles import LiveArticles
from tests.helpers import T0, live_at, tiny_log, visitors_at

SETTINGS = ItemCFSettings()


def fitted(rows: list, hours: float) -> tuple[ItemCF, LiveArticles]:
    log = tiny_log(rows)
    live = live_at(log, hours)
    return ItemCF.fit(SETTINGS, log, live, lambda _: None), live


def test_what_is_read_after_what_by_hand() -> None:
    """Two sessions 1 → 2 → 3 and 1 → 2, an hour before: forward 1→2 twice, 1→3 once at two steps."""
    rows = [(0, 0, 1, 1.0), (0, 0, 2, 1.0), (0, 0, 3, 1.0), (1, 1, 1, 1.0), (1, 1, 2, 1.0), (2, 2, 1, 1.5)]
    cf, live = fitted(rows, 2.0)
    pairs = np.array([2, 3, 4], np.int32)
    half = 2**-0.5  # an hour at a half-life of two
    forward = cf.counts.lookup(1, pairs)[SETTINGS.reference_channel]
    assert forward == pytest.approx([2 * half, SETTINGS.step_damping * half, 0])
    assert not cf.counts.lookup(2, np.array([1], np.int32)).any(), "nobody read 1 after 2"
    total = (2 + SETTINGS.step_damping) * half
    expected = 2 * half / (total + SETTINGS.pseudo_clicks)
    visitors = visitors_at(tiny_log(rows), [3, 2, 0], 2.0)  # nothing read, 1 read last, 3 read last
    of, positions = np.array([0, 1, 1, 2], np.int32), live.position[[2, 2, 3, 2]]
    shares = cf.transitions(visitors, of, positions)[SETTINGS.reference_channel]
    assert shares == pytest.approx([0, expected, expected * SETTINGS.step_damping / 2, 0])


def test_the_next_article_is_the_one_that_others_read_next() -> None:
    rows = [(0, 0, 1, 1.0), (0, 0, 2, 1.1), (1, 1, 4, 1.0), (1, 1, 5, 1.1), (2, 2, 1, 1.9)]
    cf, _ = fitted(rows, 2.0)
    found = cf.retrieve(visitors_at(tiny_log(rows), [2, 3], 2.0), 3)
    assert found.items[0, 0] == 2
    assert (found.items[1] == -1).all(), "somebody without history has no next article"


def test_at_the_moment_of_fitting_it_knows_what_it_knows_when_it_is_read_back() -> None:
    """Session kNN too, of which a minute's sessions are laid out at once."""
    rows = [(0, 0, 1, 1.0), (0, 0, 2, 1.1), (1, 1, 1, 1.0), (1, 1, 3, 1.1), (2, 2, 1, 1.9)]
    cf, live = fitted(rows, 2.0)
    visitors = visitors_at(tiny_log(rows), [2], 2.0)
    assert cf.neighbours_read(visitors).any()
    restored = ItemCF.restore(SETTINGS, dict(cf.state()), live)
    np.testing.assert_array_equal(cf.scores(visitors), restored.scores(visitors))


def test_a_session_that_runs_over_a_cut_counts_once() -> None:
    rows = [(0, 0, 1, 0.9), (0, 0, 2, 1.1), (0, 0, 3, 1.3)]
    log = tiny_log(rows)
    live = live_at(log, 1.0)
    first = ItemCF.fit(SETTINGS, log.before(live.moment), live, lambda _: None)
    later = live_at(log, 2.0)
    moved = first.advance(log.clicks.between(live.moment, later.moment), log.histories, later)
    whole = ItemCF.fit(SETTINGS, log, later, lambda _: None)
    assert moved.counts.lookup(1, np.array([2], np.int32)) == pytest.approx(
        whole.counts.lookup(1, np.array([2], np.int32))
    )
    assert moved.counts.lookup(1, np.array([2], np.int32))[0, 0] > 0
    assert moved.counts.moment == T0 + 2 * 3_600_000
