"""The funnel counts every request once, and agrees with the metrics."""

import numpy as np
import pytest

from recsys.artifacts.store import LoadedSet
from recsys.data.click_log import ClickLog
from recsys.data.next_click import next_click_tasks
from recsys.evaluation.funnel import Funnel
from recsys.evaluation.metrics import gains
from recsys.evaluation.ranked_lists import DEPTH, RankedLists, rank_tasks
from recsys.evaluation.report import fates_of_100
from recsys.ranking.fates import Fate
from recsys.training.pipeline import held_back
from tests.shared import SMALL


@pytest.fixture(scope="module")
def lists(loaded: LoadedSet, log: ClickLog) -> RankedLists:
    engine = loaded.engine
    tasks = held_back(SMALL.holdout, next_click_tasks(log.before(engine.end)), engine.start.time)
    return rank_tasks({"ensemble": engine}, tasks, lambda _: None)


def test_every_request_has_one_fate_in_every_cut(lists: RankedLists, log: ClickLog) -> None:
    funnel = Funnel.of(lists, log)
    assert funnel.depth == DEPTH
    assert sum(funnel.fates.values()) == funnel.requests == len(lists.tasks)
    for cut in funnel.by_segment.values():
        for fate in Fate:
            assert sum(counts[fate.key] for counts in cut.values()) == funnel.fates[fate.key]


def test_what_is_shown_is_the_hit_rate(lists: RankedLists, log: ClickLog) -> None:
    hits = gains(lists.ranks["ensemble"], "hr@20")
    assert Funnel.of(lists, log).fates["shown"] == hits.sum()
    assert ((lists.fates == Fate.SHOWN) == (hits > 0)).all()


def test_what_no_algorithm_lists_was_not_suggested_or_could_not_be(lists: RankedLists) -> None:
    unlisted = np.isin(lists.fates, [Fate.NOT_SUGGESTED, Fate.ALREADY_READ, Fate.NOT_IN_PLAY])
    for name, ranks in lists.ranks.items():
        assert not ranks[unlisted].any(), name


def test_the_set_keeps_what_was_measured_when_it_was_trained(
    loaded: LoadedSet, lists: RankedLists, log: ClickLog
) -> None:
    assert loaded.funnel == Funnel.of(lists, log)
    for system, metrics in lists.metrics().items():
        assert metrics == pytest.approx(loaded.manifest.metrics[system], abs=1e-9), system
    assert loaded.funnel.requests == loaded.manifest.measured
    shown = 100 * loaded.funnel.fates["shown"] / loaded.funnel.requests
    assert fates_of_100(loaded.funnel.fates).startswith(f"{shown:.1f} shown")
