from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recsys.analysis.replay_visits import KINDS, ReplayVisits
from recsys.core.entities import Click, Request
from recsys.core.types import HOUR
from recsys.data.arrivals import ClicksByUser
from recsys.data.clicks import Clicks
from recsys.data.profiles import Profiles
from recsys.engine.engine import LARGEST_K, Engine
from recsys.engine.moments import KEPT, KeptMoments
from recsys.engine.recommendation import Recommendation
from recsys.errors import InputError


@pytest.fixture(scope="module")
def visits(engine: Engine) -> ReplayVisits:
    return ReplayVisits.of(engine)


def ask(engine: Engine, visits: ReplayVisits, kind: str, **changes: object) -> Recommendation:
    row = visits.of_kind(kind)[0]
    return engine.recommend(
        replace(Request(int(visits.user_ids[row]), as_of=int(visits.moments[row])), **changes)  # type: ignore[arg-type]
    )


@pytest.mark.parametrize("kind", list(KINDS))
def test_an_answer_holds_every_stage(engine: Engine, visits: ReplayVisits, kind: str) -> None:
    answer = ask(engine, visits, kind)
    assert len(answer.articles) == 10 == len(set(answer.articles))
    assert list(answer.scores) == sorted(answer.scores, reverse=True)
    assert not set(answer.articles) & {click.article_id for click in answer.history}
    assert all(click.time < answer.as_of for click in answer.history)
    assert answer.ground_truth is not None
    assert list(answer.ranking.pool.lists) == ["item_cf", "popularity", "two_tower"]
    assert answer.ranking.reranked.sum() == min(60, len(answer.ranking.pool))
    assert answer.ranking.features.shape == (answer.ranking.reranked.sum(), len(answer.ranking.feature_names))
    assert set(answer.timings_ms) == {"clock", "visitor", "retrieval", "rerank"}
    assert answer.profile.overrides_applied is False
    if kind == "new":
        assert answer.history == ()


def test_the_ground_truth_is_the_next_click(engine: Engine, visits: ReplayVisits) -> None:
    answer = ask(engine, visits, "returning")
    user = int(np.searchsorted(engine.user_ids, answer.request.user_id))
    items, times = engine.histories.of(user)
    following = engine.articles.ids[items[times >= answer.as_of]]
    assert answer.ground_truth == following[0]
    assert engine.recommend(Request(user_id=answer.request.user_id)).ground_truth is None


def test_overrides_change_the_context_and_the_answer(engine: Engine, visits: ReplayVisits) -> None:
    plain = ask(engine, visits, "new")
    moved = ask(engine, visits, "new", overrides={"device": 3, "os": 20, "country": 10})
    assert moved.profile.overrides_applied
    assert (moved.profile.used.device, moved.profile.used.country) == (3, 10)
    assert moved.profile.stored == plain.profile.stored
    assert moved.articles != plain.articles
    stored = ask(engine, visits, "returning").profile.stored
    same = ask(engine, visits, "returning", overrides={"device": stored.device})
    assert not same.profile.overrides_applied


def test_a_context_never_seen_is_no_error(engine: Engine) -> None:
    assert len(engine.recommend(Request(overrides={"country": 999, "device": 77})).articles) == 10


def test_an_own_history_answers_like_the_same_one_stored(engine: Engine, visits: ReplayVisits) -> None:
    stored = ask(engine, visits, "heavy")
    request = stored.request
    context = dict(zip(("device", "os", "country", "region", "environment", "referrer"),
                       stored.profile.used.codes(), strict=True))  # fmt: skip
    own = engine.recommend(Request(history=stored.history, overrides=context, as_of=request.as_of))
    assert own.articles == stored.articles
    unknown = Click(10**9, int(request.as_of or 0) - 1000)
    assert len(engine.recommend(Request(history=(*stored.history, unknown), as_of=request.as_of)).articles) == 10


@pytest.mark.parametrize(
    ("request_", "said"),
    [
        (Request(user_id=10**9), "Unknown reader 1000000000"),
        (Request(k=0), "k is 0"),
        (Request(k=LARGEST_K + 1), "must be from 1 to 100"),
        (Request(as_of=0), "outside the hours"),
        (Request(overrides={"shoe": 4}), "Unknown context field 'shoe'"),
        (Request(overrides={"device": -4}), "not a code"),
    ],
)
def test_what_a_caller_gets_wrong_is_a_sentence(engine: Engine, request_: Request, said: str) -> None:
    with pytest.raises(InputError, match=said):
        engine.recommend(request_)


def test_a_batch_answers_like_one_at_a_time(engine: Engine) -> None:
    moment = engine.at(engine.start.time + 7 * HOUR)
    users = np.unique(engine.replay.users)[:30]
    requests = [Request(user_id=int(engine.user_ids[user]), as_of=moment.time) for user in users]
    together = engine.rank(requests, moment).top(10)
    for row, request in enumerate(requests):
        assert engine.recommend(request).articles == tuple(engine.articles.ids[together[row]].tolist())


def test_together_each_is_answered_as_alone(engine: Engine) -> None:
    users = engine.user_ids[:: len(engine.user_ids) // 12].tolist()
    requests = [*(Request(int(user), k=k) for k, user in enumerate(users, start=1)), Request(), Request(history=())]
    for request, found in zip(requests, engine.recommend_all(requests), strict=True):
        alone = engine.recommend(request)
        assert (found.articles, found.scores, found.profile) == (alone.articles, alone.scores, alone.profile)
        assert (found.history, found.ground_truth) == (alone.history, alone.ground_truth)
        assert np.array_equal(found.ranking.features, alone.ranking.features, equal_nan=True)
        assert np.array_equal(found.ranking.order, alone.ranking.order)
        assert np.array_equal(found.ranking.pool.rows, alone.ranking.pool.rows)
        for article in alone.articles[:2]:
            assert found.ranks_of(article) == alone.ranks_of(article)


def test_stepping_back_is_exact_however_many_moments_were_seen(engine: Engine, visits: ReplayVisits) -> None:
    first = ask(engine, visits, "returning")
    for hour in range(1, KEPT + 4):
        engine.at(engine.start.time + hour * HOUR + 7)
    again = ask(engine, visits, "returning")
    assert again.articles == first.articles
    assert again.scores == first.scores


def test_a_new_visitor_asks_in_the_context_of_the_visit(engine: Engine, visits: ReplayVisits) -> None:
    answer = ask(engine, visits, "new")
    visit = np.flatnonzero(engine.user_ids[engine.replay.users] == answer.request.user_id)[0]
    assert answer.profile.stored.codes() == tuple(engine.replay.contexts[visit].tolist())
    earlier = engine.recommend(replace(answer.request, as_of=answer.as_of - 1))
    assert not any(earlier.profile.stored.codes())


@settings(max_examples=15)
@given(data=st.data())
def test_nothing_after_the_moment_can_change_an_answer(data: st.DataObject, engine: Engine) -> None:
    """Add any clicks after the moment, to the log, the histories and the profiles: the answer stays the same."""
    as_of = engine.start.time + data.draw(st.integers(0, 20 * HOUR))
    user = data.draw(st.sampled_from(np.unique(engine.replay.users)[:200].tolist()))
    count = data.draw(st.integers(1, 100))
    rng = np.random.default_rng(data.draw(st.integers(0, 10**6)))
    users = rng.choice([user, *rng.integers(0, len(engine.user_ids), 5)], count)
    added = Clicks(
        users=users.astype(np.int32),
        items=rng.integers(0, len(engine.articles), count).astype(np.int32),
        times=np.sort(rng.integers(as_of + 1, engine.end, count)),
        sessions=rng.integers(1, 5, count),
        contexts=rng.integers(1, 20, (count, 6)).astype(np.int16),
    )
    replay = engine.replay.joined(added)
    replay = replay.rows(np.argsort(replay.times, kind="stable"))
    knowledge = replace(
        engine.knowledge,
        histories=replace(engine.histories, arrived=ClicksByUser.of(added)),
        profiles=Profiles.from_clicks(engine.profiles.base, replay),
        replay=replay,
    )
    fuller = Engine(engine.dataset, engine.ensemble, knowledge, KeptMoments(engine.start), engine.reranker)
    # However many moments the one engine has been at, and the other none.
    request = Request(user_id=int(engine.user_ids[user]), as_of=as_of)
    before, after = engine.recommend(request), fuller.recommend(request)
    assert before.articles == after.articles
    assert before.scores == after.scores
    assert before.profile == after.profile
    assert before.history == after.history
    assert np.array_equal(before.ranking.features, after.ranking.features, equal_nan=True)
