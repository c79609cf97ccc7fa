"""Retrievers that are only compared: whoever looks at their lists gets the same answer as everybody else."""

from dataclasses import replace

import numpy as np
import pytest
from pydantic import ValidationError

from recsys.core.entities import ENSEMBLE, Request
from recsys.core.types import PAD
from recsys.engine.engine import Engine
from recsys.ranking.ensemble import DEFAULT, Ensemble, EnsembleSettings


@pytest.fixture(scope="module")
def requests(engine: Engine) -> list[Request]:
    return [*(Request(user) for user in engine.user_ids[::400].tolist()), Request()]


def test_the_answer_is_the_same_with_their_lists_and_without(engine: Engine, requests: list[Request]) -> None:
    assert engine.beside == ("als",)
    for request in requests:
        plain, compared = engine.recommend(request), engine.recommend(replace(request, beside=True))
        assert (plain.articles, plain.scores) == (compared.articles, compared.scores)
        assert np.array_equal(plain.ranking.pool.items, compared.ranking.pool.items)
        assert set(compared.ranking.pool.lists) - set(plain.ranking.pool.lists) == {"als"}


def test_their_lists_are_their_own_alone_and_in_a_batch(engine: Engine, requests: list[Request]) -> None:
    moment = engine.at(engine.end)
    together = engine.recommend_all([replace(one, beside=True) for one in requests])
    for request, answer in zip(requests, together, strict=True):
        visitors, _ = engine.visitors([request], moment)
        expected = moment.retrievers["als"].retrieve(visitors).items[0]
        assert answer.ranking.pool.lists["als"].items[0].tolist() == expected.tolist()
        listed = engine.articles.ids[expected[expected != PAD]].tolist()
        assert [answer.ranks_of(one)["als"] for one in listed] == [*range(1, len(listed) + 1)]
    assert sum(len(answer.ranking.pool.lists["als"].items[0]) > 0 for answer in together) > 1


def test_nothing_that_is_only_in_such_a_list_is_suggested(engine: Engine, requests: list[Request]) -> None:
    only_there = 0
    for request in requests:
        answer = engine.recommend(replace(request, beside=True))
        pool = answer.ranking.pool
        suggested = set(np.concatenate([one.items[0] for one in pool.candidates.values()]).tolist()) - {PAD}
        assert set(pool.items.tolist()) == suggested
        own = pool.lists["als"].items[0]
        for article in engine.articles.ids[own[~np.isin(own, [PAD, *suggested])]].tolist():
            assert answer.ranks_of(article)[ENSEMBLE] == 0
            only_there += 1
    assert only_there


def test_no_feature_reads_them(engine: Engine) -> None:
    assert all("als" not in one.uses for one in engine.ensemble.features)
    without = DEFAULT.without_retriever("als").features
    compared = Ensemble.of(DEFAULT.settings.model_copy(update={"beside": ("als",)})).features
    assert [one.name for one in compared] == [one.name for one in without]


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"beside": ("magic",)}, "unknown retriever 'magic'"),
        ({"beside": tuple(DEFAULT.kinds)}, "there must be a retriever that suggests articles"),
        ({"beside": ("als",), "features": ("score_als",)}, "unknown feature 'score_als'"),
    ],
)
def test_what_can_not_be_is_refused(wrong: dict[str, tuple[str, ...]], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        EnsembleSettings.model_validate(wrong)
