"""What readers come back to, by worked examples."""

import numpy as np
import pytest

from recsys.core.types import PAD
from recsys.ranking.features import features_of, matrix
from recsys.ranking.pool import build_pool
from recsys.retrieval.base import NO_OPINION
from recsys.retrieval.moment import Moment
from recsys.retrieval.opened_before import OpenedBefore, OpenedBeforeSettings
from tests.helpers import live_at, tiny_log, visitors_at

ROWS = [(0, 0, 3, 0.0), (0, 0, 5, 1.0), (0, 1, 3, 3.0), (0, 1, 6, 3.75), (1, 2, 4, 2.0)]
NOW = 4.0


@pytest.fixture
def moment() -> Moment:
    log = tiny_log(ROWS)
    live = live_at(log, NOW)
    settings = OpenedBeforeSettings()
    return Moment(live, {"opened_before": OpenedBefore.fit(settings, log, live, lambda _: None)})


def test_often_and_lately_counts_more(moment: Moment) -> None:
    visitors = visitors_at(tiny_log(ROWS), [0, 1, -1], NOW)
    scores = moment.get(OpenedBefore).scores(visitors)
    by_article = dict(zip(moment.live.items.tolist(), scores[0].tolist(), strict=True))
    assert by_article[3] == pytest.approx(240**-0.5 + 60**-0.5), "opened four hours and one hour ago"
    assert by_article[5] == pytest.approx(180**-0.5)
    assert by_article[6] == pytest.approx(15**-0.5)
    assert by_article[4] == NO_OPINION
    assert (scores[2] == NO_OPINION).all(), "somebody new"


def test_what_is_open_is_not_listed_and_the_rest_is_only_where_it_may_be(moment: Moment) -> None:
    log = tiny_log(ROWS)
    retriever = moment.get(OpenedBefore)
    strict = visitors_at(log, [0], NOW)
    assert (retriever.retrieve(strict, 5).items == PAD).all(), "nothing twice"
    again = visitors_at(log, [0], NOW, repeats=True)
    assert again.barred.tolist() == [6]
    assert [one for one in retriever.retrieve(again, 5).items[0].tolist() if one != PAD] == [3, 5]


def test_its_features_say_how_often_and_when(moment: Moment) -> None:
    pool = build_pool(moment, visitors_at(tiny_log(ROWS), [0], NOW, repeats=True))
    known = features_of({"opened_before": OpenedBeforeSettings()})
    columns = tuple(known[name] for name in ("opened_times", "opened_hours", "opened_steps"))
    assert pool.items.tolist() == [3, 5]
    assert np.allclose(matrix(pool, columns), [[2, 1.0, 1], [1, 3.0, 2]])
