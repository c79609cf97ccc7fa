"""A policy on its way through the engine."""

from collections import Counter
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from recsys.core.entities import Request
from recsys.core.policy import NO_POLICY, Policy
from recsys.engine.bulk import lists
from recsys.engine.engine import Engine
from recsys.errors import InputError
from recsys.policy.applying import in_order
from recsys.policy.arranging import arranged
from recsys.policy.base import PolicyRule
from recsys.policy.reader_candidates import CandidatesOfRanking
from recsys.policy.rules.block import Block
from recsys.policy.rules.calibration import Calibration
from recsys.policy.rules.exploration import Exploration
from recsys.policy.rules.freshness import Freshness
from recsys.policy.rules.most_read_cap import MostReadCap
from recsys.policy.rules.pin import Pin
from recsys.policy.rules.section_cap import SectionCap
from recsys.policy.rules.variety import Variety

EVERYTHING = (
    SectionCap(most=2),
    Variety(),
    Calibration(),
    Freshness(),
    MostReadCap(),
    Exploration(),
)


def requests(engine: Engine, *rules: PolicyRule, n: int = 12) -> list[Request]:
    policy = Policy(name="A test", rules=rules)
    return [Request(user_id=user, policy=policy) for user in engine.user_ids[:: len(engine.user_ids) // n].tolist()]


def test_without_rules_an_answer_is_what_it_was(engine: Engine) -> None:
    for request in requests(engine):
        answer, before = engine.recommend(request), engine.recommend(replace(request, policy=NO_POLICY))
        assert (answer.articles, answer.scores, answer.outcome) == (before.articles, before.scores, None)
        assert answer.ranking.order.tobytes() == before.ranking.order.tobytes()


def test_an_answer_says_what_the_reranker_had(engine: Engine) -> None:
    request = requests(engine, SectionCap(most=1))[0]
    answer, before = engine.recommend(request), engine.recommend(replace(request, policy=NO_POLICY))
    assert answer.outcome is not None
    assert answer.outcome.before.tolist() == before.ranking.order.tolist()
    assert answer.articles != before.articles
    assert len(answer.articles) == request.k
    items = engine.articles.index(np.array(answer.articles))
    assert max(Counter(engine.articles.sections[items].tolist()).values()) == 1


@pytest.mark.parametrize("rule", EVERYTHING, ids=lambda rule: rule.key)
def test_in_a_batch_as_alone(engine: Engine, rule: PolicyRule) -> None:
    batch = requests(engine, rule)
    together = [one.articles for one in engine.recommend_all(batch)]
    assert together == [engine.recommend(request).articles for request in batch]
    top = engine.rank(batch, engine.at(engine.end)).top(10)
    assert [tuple(row) for row in engine.articles.ids[top].tolist()] == together


def test_each_rule_changes_some_list(engine: Engine) -> None:
    for rule in EVERYTHING:
        under = [engine.recommend(request).articles for request in requests(engine, rule, n=40)]
        assert under != [engine.recommend(request).articles for request in requests(engine, n=40)], rule.key


def test_an_article_that_nobody_suggests_can_be_pinned_and_explained(engine: Engine) -> None:
    request = requests(engine)[3]
    pool = engine.recommend(request).ranking.pool
    elsewhere = np.setdiff1d(pool.live.items, pool.items)
    article = int(engine.articles.ids[elsewhere[0]])
    pinned = replace(request, policy=Policy(rules=(Pin(article=article, place=2),)))
    answer = engine.recommend(pinned)
    assert answer.articles[1] == article
    assert answer.ranks_of(article)["ensemble"] == 2
    assert answer.outcome is not None
    assert answer.outcome.put_by[:2] == ("", "pin")
    assert answer.ranking.reranked[answer.ranking.best(pinned.k)].all(), "whatever is shown can be explained"
    again = engine.reranker.score(answer.ranking.features_of(answer.ranking.best(pinned.k)))
    assert answer.scores == pytest.approx(again.tolist())


def test_an_article_that_has_been_read_can_be_pinned(engine: Engine) -> None:
    for request in requests(engine, n=40):
        history = engine.recommend(request).history
        live = engine.at(engine.end).live
        read = [one.article_id for one in history if live.position[engine.articles.index(one.article_id)] >= 0]
        if read:
            pinned = replace(request, policy=Policy(rules=(Pin(article=read[-1]),)))
            assert engine.recommend(pinned).articles[0] == read[-1]
            return
    pytest.fail("nobody has read anything that is in play")


def test_what_is_left_out_comes_on_no_list_however_long(engine: Engine) -> None:
    section = int(engine.articles.sections[engine.at(engine.end).live.items[0]])
    request = replace(requests(engine, Block(sections=(section,)))[0], k=100)
    answer = engine.recommend(request)
    items = engine.articles.index(np.array(answer.articles))
    assert section not in engine.articles.sections[items]
    assert len(set(answer.articles)) == len(answer.articles)


def test_contradictions_are_refused(engine: Engine) -> None:
    article = int(engine.articles.ids[0])
    with pytest.raises(InputError, match="leaves it out"):
        engine.recommend(requests(engine, Pin(article=article), Block(articles=(article,)))[0])


def test_different_policies_are_not_answered_together(engine: Engine) -> None:
    one, other = requests(engine, n=2)[0], requests(engine, SectionCap(), n=2)[0]
    with pytest.raises(ValueError, match="policy"):
        engine.recommend_all([one, other])


@pytest.mark.parametrize("rule", [*EVERYTHING, SectionCap(most=1, first=20)], ids=lambda rule: rule.key)
def test_to_look_at_what_was_reranked_first_changes_nothing(engine: Engine, rule: PolicyRule) -> None:
    """All candidates or only those, as far as they go: the same list."""
    for request in requests(engine, rule, n=30):
        long = replace(request, k=20)
        ranking = engine.reranker.rank(engine.pool([long], engine.at(engine.end)))
        whole = CandidatesOfRanking(ranking, 0, long, engine.catalogue, ranking.order)
        found = arranged(whole, in_order(long.policy), long.k)
        assert engine.recommend(long).ranking.best(long.k).tolist() == whole.rows[found.order[: long.k]].tolist()


def test_lists_of_everybody_follow_it_too(engine: Engine) -> None:
    section = int(engine.articles.sections[engine.at(engine.end).live.items[0]])
    policy = Policy(rules=(SectionCap(most=1, first=3), Block(sections=(section,))))
    users = engine.user_ids[:40]
    rows = pd.concat(lists(engine, users, engine.end, 5, policy))
    for user, own in rows.groupby("user_id"):
        answer = engine.recommend(Request(user_id=user, k=5, policy=policy))
        assert own["article_id"].tolist() == list(answer.articles)
        assert own["rank"].tolist() == list(range(1, len(answer.articles) + 1))
