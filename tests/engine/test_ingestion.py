"""Clicks that come in: every following request sees them, and nothing else changes."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recsys.core.entities import Context, ObservedClick, Request
from recsys.core.types import HOUR, MINUTE
from recsys.data.profiles import Profiles
from recsys.engine.engine import Engine
from recsys.engine.moments import KeptMoments
from recsys.errors import InputError
from recsys.retrieval.popularity.retriever import Popularity

NEW_ARTICLE, NEW_USER = 10**12, 10**12


def real_clicks(engine: Engine, start: int, end: int) -> list[ObservedClick]:
    """What stored visitors did in a part of the replay hours, as clicks that come in."""
    found = engine.replay.between(start, end)
    return [
        ObservedClick(
            id=str(time * 10_000 + row),
            user_id=int(engine.user_ids[found.users[row]]),
            article_id=int(engine.articles.ids[found.items[row]]),
            time=time,
            context=Context.from_codes(found.contexts[row]),
            session_id=int(found.sessions[row]),
        )
        for row, time in enumerate(found.times.tolist())
    ]


def without_clicks_from(engine: Engine, time: int) -> Engine:
    """An engine that has never heard of what came after a moment."""
    replay = engine.replay.before(time)
    late = engine.histories.times(slice(None)) >= time
    kept = np.flatnonzero(~late)
    lost_before = np.concatenate([[0], np.cumsum(late)])
    histories = replace(
        engine.histories,
        offsets=engine.histories.offsets[kept],
        items=engine.histories.items[kept],
        starts=engine.histories.starts - lost_before[engine.histories.starts],
    )
    profiles = Profiles.from_clicks(engine.profiles.base, replay)
    knowledge = replace(engine.knowledge, histories=histories, profiles=profiles, replay=replay, end=time)
    return Engine(engine.dataset, engine.ensemble, knowledge, KeptMoments(engine.start), engine.reranker)


def new_click(engine: Engine, number: int, **changes: object) -> ObservedClick:
    click = ObservedClick(f"new {number}", NEW_USER + number, NEW_ARTICLE, engine.end - 10 * MINUTE + number)
    return replace(click, **changes)  # type: ignore[arg-type]


@settings(max_examples=8)
@given(st.integers(1, 20), st.lists(st.integers(1, 119), max_size=3), st.booleans())
def test_what_is_observed_is_known_as_if_it_had_been_in_the_log(
    engine: Engine, hour: int, cuts: list[int], asked_between: bool
) -> None:
    """In one go or in steps, with requests in between or without."""
    start = engine.start.time + hour * HOUR
    end = start + 2 * HOUR
    observed = without_clicks_from(engine, start)
    edges = [start, *(start + cut * MINUTE for cut in sorted(set(cuts))), end]
    for first, last in pairwise(edges):
        observed = observed.observe(real_clicks(engine, first, last))
        if asked_between:
            observed.recommend(Request(as_of=min(last, observed.end)))
    users = np.unique(engine.replay.between(start, end).users)[:3]
    for user in (None, *engine.user_ids[users].tolist()):
        request = Request(user, as_of=min(end, observed.end), k=20)
        assert observed.recommend(request).scores == engine.recommend(request).scores
        assert observed.recommend(request).articles == engine.recommend(request).articles


def test_an_article_that_nobody_has_seen_needs_a_first_click_and_nothing_else(engine: Engine) -> None:
    observed = engine.observe([new_click(engine, 0)])
    request = Request(as_of=observed.end, k=100)
    pool = observed.recommend(request).ranking.pool
    assert NEW_ARTICLE in observed.articles.ids[pool.live.items]
    observed = observed.observe([new_click(engine, number) for number in range(1, 200)])
    found = observed.recommend(request)
    assert NEW_ARTICLE in found.articles[:10], "what 200 people open within a second is on the list"
    assert engine.articles.index(NEW_ARTICLE) < 0, "the engine before knows nothing of it"
    assert engine.recommend(Request(k=100)).articles == engine.recommend(Request(k=100)).articles


def test_a_visitor_whom_nobody_has_seen_has_a_history_now(engine: Engine) -> None:
    article = engine.recommend(Request()).articles[0]
    context = Context(device=3, os=20, country=1)
    observed = engine.observe([new_click(engine, 0, article_id=article, context=context)])
    answer = observed.recommend(Request(NEW_USER))
    assert [click.article_id for click in answer.history] == [article]
    assert article not in answer.articles
    assert answer.profile.stored == context
    with pytest.raises(InputError, match="Unknown reader"):
        engine.recommend(Request(NEW_USER))


def test_two_clicks_with_one_id_count_once(engine: Engine) -> None:
    clicks = [new_click(engine, number % 3) for number in range(9)]
    once, often = engine.observe(clicks[:3]), engine.observe(clicks)
    again = often.observe(clicks)
    assert again is often
    assert len(once.replay) == len(often.replay) == len(engine.replay) + 3


def test_a_click_that_comes_late_changes_what_was_from_its_moment_on(engine: Engine) -> None:
    time = engine.start.time + 5 * HOUR
    engine.recommend(Request(as_of=time))
    late = [new_click(engine, number, time=time - MINUTE + number) for number in range(50)]
    observed = engine.observe(late)
    assert NEW_ARTICLE in observed.recommend(Request(as_of=time, k=10)).articles
    before = Request(as_of=time - MINUTE, k=10)
    assert observed.recommend(before).articles == engine.recommend(before).articles


@settings(max_examples=8)
@given(data=st.data())
def test_clicks_that_come_late_count_as_if_they_had_come_in_time(engine: Engine, data: st.DataObject) -> None:
    """Of known readers and articles or new ones, several times, with requests in between or without."""
    observed, hour = engine, engine.end - HOUR
    articles, users = engine.articles.ids[engine.at(hour).live.items[:30]].tolist(), engine.user_ids[:30].tolist()
    clicks = st.tuples(
        st.sampled_from([*users, NEW_USER, NEW_USER + 1]),
        st.sampled_from([*articles, NEW_ARTICLE, NEW_ARTICLE + 1]),
        st.integers(0, HOUR - 1),
    )
    for step in range(3):
        came = data.draw(st.lists(clicks, min_size=1, max_size=4))
        new = [ObservedClick(f"{step}.{n}", user, article, hour + ms) for n, (user, article, ms) in enumerate(came)]
        observed = observed.observe(new)
        if data.draw(st.booleans()):
            observed.recommend(Request())
    moments = KeptMoments(engine.start.with_articles(observed.articles))
    at_once = Engine(observed.dataset, observed.ensemble, observed.knowledge, moments, observed.reranker)
    for user in (None, NEW_USER if observed.knows(NEW_USER) else users[0], users[1]):
        request = Request(user, k=20)
        assert observed.recommend(request).articles == at_once.recommend(request).articles
        assert observed.recommend(request).scores == at_once.recommend(request).scores


def test_a_late_click_changes_only_what_it_touches(engine: Engine) -> None:
    """The tables of all that was counted before are the same ones, which have not been made anew."""
    moments, time = KeptMoments(engine.start), engine.end - 10 * MINUTE
    untouched = Engine(engine.dataset, engine.ensemble, engine.knowledge, moments, engine.reranker)
    known = untouched.at(time)
    found = untouched.observe([new_click(engine, 0, time=time - 30 * MINUTE)]).at(time)
    assert found.live.clicks.sum() == known.live.clicks.sum() + 1
    for family, counts in found.get(Popularity).counts.items():
        assert counts.settled is known.get(Popularity).counts[family].settled


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"time": 5}, "from 20"),
        ({"time": 1 << 50}, "takes in clicks from"),
        ({"user_id": -1}, "user_id"),
        ({"article_id": 1 << 70}, "article_id"),
        ({"context": Context(device=99_999)}, "context"),
    ],
)
def test_a_click_that_makes_no_sense_is_refused(engine: Engine, changes: dict[str, object], said: str) -> None:
    with pytest.raises(InputError, match=said):
        engine.observe([new_click(engine, 0, **changes)])


def test_a_history_without_end_costs_no_more_than_what_is_shown_of_it(engine: Engine) -> None:
    clicks = [
        new_click(engine, number, user_id=NEW_USER, article_id=int(engine.articles.ids[number % 50]))
        for number in range(3_000)
    ]
    answer = engine.observe(clicks).recommend(Request(NEW_USER))
    assert answer.clicks == 3_000
    assert len(answer.history) == 1_000
    assert answer.history[-1].time == clicks[-1].time
