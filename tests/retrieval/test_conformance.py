"""The conformance suite, for every retriever that is registered, on the trained engine."""

import gc
import weakref

import numpy as np
import pytest

from recsys.core.entities import Request
from recsys.core.types import HOUR
from recsys.engine.engine import Engine
from recsys.ranking.ensemble import DEFAULT
from recsys.retrieval.opened_before import OpenedBefore
from recsys.retrieval.registry import RETRIEVERS
from recsys.testing.conformance import RetrieverConformance


class _OnTheTrainedEngine(RetrieverConformance):
    @pytest.fixture(scope="class")
    @classmethod
    def engine(cls, trained_engine: Engine) -> Engine:
        return trained_engine


for _entry in RETRIEVERS.values():
    if _entry.only_with_repeats:
        continue  # they are not in the trained engine
    _name = f"Test{_entry.kind.__name__}"
    globals()[_name] = type(_name, (_OnTheTrainedEngine,), {"kind": _entry.kind})


class TestOpenedBefore(RetrieverConformance):
    kind = OpenedBefore
    repeats = True


@pytest.mark.parametrize("name", list(DEFAULT.kinds))
def test_a_reranked_answer_holds_no_retriever(trained_engine: Engine, name: str) -> None:
    """Whoever keeps an answer keeps no moment: the retrievers go with theirs."""
    moment = trained_engine.advance(trained_engine.start, trained_engine.start.time + 10 * HOUR)
    kept = trained_engine.rank([Request(user_id=int(trained_engine.user_ids[0])), Request()], moment).of(0)
    gone = weakref.ref(moment.retrievers[name])
    gc.disable()
    try:
        del moment
        assert gone() is None
        assert np.isfinite(kept.scores).all()
    finally:
        gc.enable()
