"""Two sets, asked the same: on a log, and on the visits that they keep."""

from pathlib import Path

import pytest

from recsys.artifacts.store import LoadedSet, load
from recsys.backtest.two_sets import on_a_log, on_kept_visits
from recsys.core.timestamps import parse_time
from recsys.core.types import HOUR
from recsys.data.click_log import ClickLog
from recsys.errors import InputError
from recsys.evaluation.set_comparison import SetComparison
from tests.shared import OLDER_BY


@pytest.fixture(scope="module")
def older(older_set: Path) -> LoadedSet:
    return load(older_set)


@pytest.fixture(scope="module")
def compared(older: LoadedSet, loaded: LoadedSet, log: ClickLog) -> SetComparison:
    return on_a_log(older, loaded, log, 12, lambda _: None)


def test_a_set_trained_on_less_is_worse_whichever_way_it_is_asked(
    older: LoadedSet, loaded: LoadedSet, log: ClickLog, compared: SetComparison
) -> None:
    assert compared.metrics["ndcg@20"].difference > 0
    assert not compared.is_worse(0.0)
    back = on_a_log(loaded, older, log, 12, lambda _: None)
    assert back.metrics["ndcg@20"].difference == -compared.metrics["ndcg@20"].difference
    assert (back.wins["old"], back.wins["new"]) == (compared.wins["new"], compared.wins["old"])
    assert back.is_worse(0.0) == (compared.metrics["ndcg@20"].interval[0] > 0)
    assert back.overlap == pytest.approx(compared.overlap)


def test_both_are_asked_only_what_neither_was_trained_on(loaded: LoadedSet, compared: SetComparison) -> None:
    assert all(parse_time(one.as_of) >= loaded.engine.start.time for one in compared.visits)
    requests = compared.metrics["ndcg@20"].requests
    assert f"{requests:,} held-back requests" in compared.asked
    for cut in compared.by_segment.values():
        assert sum(one.requests for one in cut.values()) == requests


def test_what_one_does_not_know_is_said(older: LoadedSet, loaded: LoadedSet, compared: SetComparison) -> None:
    assert len(older.engine.articles) != len(loaded.engine.articles)
    assert any("articles" in note for note in compared.notes)
    assert any("trained at" in note for note in compared.notes)


def test_on_the_log_of_its_training_a_set_scores_what_it_was_accepted_with(loaded: LoadedSet, log: ClickLog) -> None:
    """The sample differs, so the figures are close, not the same."""
    found = on_a_log(loaded, loaded, log, None, lambda _: None)
    accepted = loaded.manifest.metrics["ensemble"]["ndcg@20"]
    assert found.metrics["ndcg@20"].new == pytest.approx(accepted, abs=0.03)
    assert found.overlap == 1.0
    assert found.visits == []


def test_on_kept_visits_both_answer_as_their_pages_do(older: LoadedSet, loaded: LoadedSet) -> None:
    found = on_kept_visits(older, loaded, lambda _: None)
    start, end = loaded.engine.start.time, older.engine.end
    assert end - start == OLDER_BY
    ranks = {(visit.user_id, visit.as_of): visit.ranks["ensemble"] for visit in loaded.visits}
    for one in found.visits:
        as_of = parse_time(one.as_of)
        assert start <= as_of <= end
        if (one.user_id, as_of) in ranks:
            rank = ranks[one.user_id, as_of]
            assert one.rank_new == (rank if rank <= 20 else 0)


def test_sets_that_share_no_hours_are_a_sentence(loaded: LoadedSet, log: ClickLog) -> None:
    with pytest.raises(InputError, match="no visits of two clicks or more"):
        on_a_log(loaded, loaded, log.before(loaded.engine.start.time - HOUR), None, lambda _: None)
