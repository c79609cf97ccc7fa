"""The moments that are kept: what is large goes with those that were asked for last."""

import gc
import weakref
from pathlib import Path

from recsys.analysis.replay import CHECKPOINT, keep_checkpoints
from recsys.artifacts.store import load
from recsys.core.entities import ObservedClick, Request
from recsys.core.types import HOUR, MINUTE
from recsys.engine.engine import Engine
from recsys.engine.moments import KEPT, TRAIL, KeptMoments
from recsys.retrieval.item_cf.retriever import ItemCF


def test_a_checkpoint_does_not_hold_what_was_worked_out_for_answers(small_set: Path) -> None:
    engine = load(small_set).engine
    keep_checkpoints(engine)
    for time in (engine.start.time, engine.start.time + CHECKPOINT):
        engine.recommend(Request(int(engine.user_ids[0]), as_of=time))
        worked_out = weakref.ref(engine.at(time).get(ItemCF).of_minute.neighbours)
        assert worked_out() is not None
        for number in range(1, KEPT + 1):
            engine.recommend(Request(as_of=time + number * HOUR))
        gc.collect()
        assert worked_out() is None


def test_moments_are_left_on_the_way_only_where_clicks_can_come_late(engine: Engine) -> None:
    moments, time = KeptMoments(engine.start), engine.end - 10 * MINUTE
    replayed = Engine(engine.dataset, engine.ensemble, engine.knowledge, moments, engine.reranker)
    replayed.at(time)
    assert not any(moments.has(time - behind) for behind in TRAIL)
    user, article = int(engine.user_ids[0]), int(engine.articles.ids[0])
    fed = replayed.observe([ObservedClick("late", user, article, time - 2 * HOUR)])
    fed.at(engine.end)
    fed = fed.observe([ObservedClick("later", user, article, engine.end)])
    after = fed.end + HOUR
    fed.until(after).at(after)
    assert all(fed.moments.has(after - behind) for behind in TRAIL[:-1])
