"""What every retriever must do, whichever it is: a suite to subclass.

```python
from recsys.testing import RetrieverConformance

class TestMine(RetrieverConformance):
    kind = Mine
```
"""

from __future__ import annotations

import gc
import weakref
from dataclasses import replace
from typing import ClassVar

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from recsys.core.batches import Visitors, make_visitors
from recsys.core.entities import Request
from recsys.core.types import HOUR, PAD
from recsys.data.histories import Histories
from recsys.engine.candidates import CandidateEngine
from recsys.ranking.pool import build_pool
from recsys.retrieval.base import Retriever
from recsys.retrieval.moment import Moment, Overtaken
from recsys.testing.logs import engine_of


class RetrieverConformance:
    """The suite. A subclass names the retriever, or brings an engine that has it.

    Attributes:
        kind: the retriever's class.
        repeats: whether its engine may list what was opened before.
    """

    kind: ClassVar[type[Retriever]]
    repeats: ClassVar[bool] = False

    @pytest.fixture(scope="class")
    @classmethod
    def engine(cls) -> CandidateEngine:
        """An engine with the retriever; a small simulated log where a subclass brings none."""
        return engine_of(cls.kind, repeats=cls.repeats)

    @pytest.fixture(scope="class")
    @classmethod
    def moment(cls, engine: CandidateEngine) -> Moment:
        """A moment in the middle of the replay hours."""
        return engine.at(engine.start.time + 9 * HOUR)

    @pytest.fixture(scope="class")
    @classmethod
    def retriever(cls, moment: Moment) -> Retriever:
        """The retriever at that moment."""
        return moment.get(cls.kind)

    @pytest.fixture(scope="class")
    @classmethod
    def visitors(cls, engine: CandidateEngine, moment: Moment) -> Visitors:
        """Readers of all kinds, and one whom nobody knows."""
        active = np.unique(engine.replay.users)[:60]
        requests = [Request(user_id=int(engine.user_ids[user])) for user in active] + [Request()]
        return engine.visitors(requests, moment)[0]

    def test_lists_are_unique_allowed_and_in_order(
        self, retriever: Retriever, moment: Moment, visitors: Visitors
    ) -> None:
        """No article twice, none that is barred, the best first."""
        found = retriever.retrieve(visitors)
        assert found.items.shape == found.scores.shape
        assert found.items.shape[0] == len(visitors)
        assert found.items.shape[1] <= retriever.settings.list_size
        assert (found.items != PAD).any()
        for row in range(len(visitors)):
            items = found.items[row][found.items[row] != PAD]
            scores = found.scores[row, : len(items)]
            assert len(np.unique(items)) == len(items)
            assert not np.isin((row << 32) + items.astype(np.int64), visitors.barred).any()
            assert (np.diff(scores) <= 0).all()
            assert np.isfinite(scores).all()
            assert (found.items[row, len(items) :] == PAD).all()
            assert np.isin(items, moment.live.items).all()

    def test_a_batch_answers_like_one_at_a_time(self, retriever: Retriever, visitors: Visitors) -> None:
        """The same bits alone and in a batch."""
        together = retriever.scores(visitors)
        lists = retriever.retrieve(visitors)
        for row in range(len(visitors)):
            alone = visitors.of(row)
            assert np.array_equal(retriever.scores(alone)[0], together[row])
            assert np.array_equal(retriever.retrieve(alone).items[0], lists.items[row])

    def test_fewer_than_wanted_is_no_error(self, retriever: Retriever, moment: Moment, visitors: Visitors) -> None:
        """Lists end where nothing is left to suggest."""
        found = retriever.retrieve(visitors, 100_000)
        assert found.items.shape[1] <= len(moment.live.items)
        everything = np.arange(len(moment.live.articles))
        rows, times = np.zeros(len(everything), np.int64), np.full(len(everything), moment.time - 1)
        read_all = make_visitors(
            rows, everything.astype(np.int32), times, visitors.as_of[:1], visitors.contexts[:1], depth=20
        )
        assert (retriever.retrieve(read_all, 10).items == PAD).all()
        assert retriever.retrieve(visitors, 0).items.shape == (len(visitors), 0)

    def test_an_empty_history_and_unknown_articles_are_no_error(self, retriever: Retriever, moment: Moment) -> None:
        """Somebody new, somebody who read what nobody knows, and nobody at all."""
        items = np.array([PAD, int(moment.live.items[0])], np.int32)
        times, as_of = np.full(2, moment.time - HOUR), np.full(3, moment.time)
        contexts = np.zeros((3, 6), np.int16)
        strangers = make_visitors(np.array([1, 2]), items, times, as_of, contexts, 20)
        scores = retriever.scores(strangers)
        assert scores.shape == (3, len(moment.live.items))
        assert not np.isnan(scores).any()
        empty = make_visitors(np.empty(0, np.int64), items[:0], times[:0], as_of[:0], contexts[:0], 20)
        assert retriever.retrieve(empty).items.shape[0] == 0

    @settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.differing_executors])
    @given(data=st.data())
    def test_nothing_after_the_moment_can_change_an_answer(
        self, data: st.DataObject, engine: CandidateEngine, moment: Moment, visitors: Visitors
    ) -> None:
        """Add later clicks to the histories that ``advance`` may read, and the scores stay the same to the bit."""
        users, articles = len(engine.user_ids) - 1, len(engine.articles) - 1
        click = st.tuples(st.integers(0, users), st.integers(0, articles), st.integers(0, 20 * HOUR))
        later = data.draw(st.lists(click, min_size=1, max_size=200))
        clicks = engine.replay.before(moment.time)
        extended = clicks.joined(
            replace(
                clicks.rows(np.zeros(len(later), np.int64)),
                users=np.array([user for user, _, _ in later], np.int32),
                items=np.array([item for _, item, _ in later], np.int32),
                times=np.sort(moment.time + np.array([ms for _, _, ms in later], np.int64)),
            )
        )
        start = engine.start.get(self.kind)
        live = engine.start.live.advance(clicks, moment.time)
        one, other = (
            start.advance(clicks, Histories.from_clicks(known, len(engine.user_ids)), live).scores(visitors)
            for known in (extended, clicks)
        )
        assert np.array_equal(one, other)

    def test_advancing_in_steps_or_in_one_go_is_the_same(self, engine: CandidateEngine, visitors: Visitors) -> None:
        """The same bits, however often the clock was stopped on its way."""
        stops = [engine.start.time + minutes * 60_000 for minutes in (17, 60, 61, 200, 9 * 60)]
        stepwise = engine.start
        for stop in stops:
            stepwise = engine.advance(stepwise, stop)
        at_once = engine.advance(engine.start, stops[-1])
        assert np.array_equal(stepwise.get(self.kind).scores(visitors), at_once.get(self.kind).scores(visitors))

    @settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.differing_executors])
    @given(late=st.lists(st.floats(0, 1), min_size=1, max_size=5), hours=st.integers(1, 4))
    def test_clicks_that_come_late_count_as_if_they_had_come_in_time(
        self, late: list[float], hours: int, engine: CandidateEngine, moment: Moment, visitors: Visitors
    ) -> None:
        """The same bits, whatever was known before they came."""
        end = moment.time + hours * HOUR
        clicks = engine.replay.between(moment.time, end)
        is_late = np.zeros(len(clicks), bool)
        is_late[[int(one * (len(clicks) - 1)) for one in late]] = True
        everything, users = engine.replay.before(end), len(engine.user_ids)
        was_known = np.ones(len(everything), bool)
        was_known[len(everything) - len(clicks) :] = ~is_late
        histories, before = (Histories.from_clicks(one, users) for one in (everything, everything.rows(was_known)))
        known = moment.advance(clicks.rows(~is_late), before, end)
        known.get(self.kind).scores(visitors)  # what it has worked out must not be taken for what holds now
        behind = replace(moment, overtaken=Overtaken(known, clicks.rows(is_late)))
        at_once, afterwards = (one.advance(clicks, histories, end).get(self.kind) for one in (moment, behind))
        assert np.array_equal(at_once.scores(visitors), afterwards.scores(visitors))
        state = afterwards.state()
        assert all(np.array_equal(state[name], array) for name, array in at_once.state().items())

    def test_saved_and_restored_gives_the_same_answer(self, engine: CandidateEngine, visitors: Visitors) -> None:
        """What ``state`` keeps is enough."""
        before = engine.start.get(self.kind)
        after = self.kind.restore(before.settings, dict(before.state()), engine.start.live)
        assert np.array_equal(before.scores(visitors), after.scores(visitors))
        stop = engine.start.time + 2 * HOUR
        clicks = engine.replay.before(stop)
        live = engine.start.live.advance(clicks, stop)
        mine, restored = (one.advance(clicks, engine.histories, live).scores(visitors) for one in (before, after))
        assert np.array_equal(mine, restored)

    def test_what_a_moment_holds_goes_with_it(self, engine: CandidateEngine) -> None:
        """Without waiting for the collector, which counts objects and not bytes: a backtest goes through hundreds."""
        moment = engine.advance(engine.start, engine.start.time + 10 * HOUR)
        retriever = moment.get(self.kind)
        visitors, _ = engine.visitors([Request(user_id=int(engine.user_ids[0])), Request()], moment)
        build_pool(moment, visitors)
        retriever.scores(visitors)
        gone = weakref.ref(retriever)
        gc.disable()
        try:
            del moment, retriever, visitors
            assert gone() is None
        finally:
            gc.enable()
