"""What came of an article: every stage at which it can be lost."""

import numpy as np
import pytest

from recsys.core.entities import Request
from recsys.core.types import PAD
from recsys.engine.engine import Engine
from recsys.ranking.fates import Fate, fates
from recsys.ranking.ranking import Ranking

DEPTH = 20


@pytest.fixture(scope="module")
def ranking(engine: Engine) -> Ranking:
    """The answer to a reader of long standing."""
    user = int(engine.user_ids[np.argmax(np.diff(engine.histories.starts))])
    return engine.recommend(Request(user, as_of=engine.end)).ranking


def fate_of(ranking: Ranking, item: int) -> Fate:
    return Fate(int(fates(ranking, np.array([item], np.int32), DEPTH)[0]))


def test_each_stage_by_an_article_that_it_lost(ranking: Ranking) -> None:
    pool, live = ranking.pool, ranking.pool.live
    ordered = pool.items[ranking.order]
    assert fate_of(ranking, int(ordered[0])) is Fate.SHOWN
    assert fate_of(ranking, int(ordered[DEPTH - 1])) is Fate.SHOWN
    assert fate_of(ranking, int(ordered[DEPTH])) is Fate.BELOW
    assert fate_of(ranking, int(ordered[-1])) is Fate.DROPPED
    read = (pool.visitors.barred & 0xFFFFFFFF).astype(np.int64)
    unread_live = np.setdiff1d(np.setdiff1d(live.items, ordered), read)
    assert fate_of(ranking, int(unread_live[0])) is Fate.NOT_SUGGESTED
    assert fate_of(ranking, int(np.intersect1d(read, live.items)[0])) is Fate.ALREADY_READ
    dead = np.setdiff1d(np.arange(len(live.articles)), live.items)
    assert fate_of(ranking, int(dead[0])) is Fate.NOT_IN_PLAY
    assert fate_of(ranking, PAD) is Fate.NOT_IN_PLAY


def test_whoever_is_ranked_has_one_fate_alone_and_in_a_batch(engine: Engine) -> None:
    users = engine.user_ids[:40].tolist()
    moment = engine.at(engine.end)
    batch = engine.rank([Request(user) for user in users], moment)
    targets = np.random.default_rng(3).choice(moment.live.items, len(users)).astype(np.int32)
    together = fates(batch, targets, DEPTH)
    alone = [int(fates(batch.of(row), targets[row : row + 1], DEPTH)[0]) for row in range(len(users))]
    assert together.tolist() == alone
