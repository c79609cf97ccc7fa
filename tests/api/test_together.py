"""Requests that wait at the same time are answered in one go."""

import asyncio

from recsys.api.together import Together
from recsys.domain import Recommendation, Request
from recsys.engine import Engine
from recsys.errors import InputError


def test_one_that_is_wrong_spoils_nobody_elses_answer(engine: Engine) -> None:
    users = engine.user_ids[:40].tolist()
    asked = [*(Request(user_id=user) for user in users), Request(user_id=10**9), Request(without=frozenset({"als"}))]

    async def ask() -> list[Recommendation | BaseException]:
        together = Together()
        answers = (together.recommend(engine, request) for request in asked)
        return list(await asyncio.gather(*answers, return_exceptions=True))

    found = asyncio.run(ask())
    wrong = found.pop(len(users))
    assert isinstance(wrong, InputError)
    expected = [engine.recommend(request).articles for request in asked if request.user_id != 10**9]
    assert [answer.articles for answer in found if isinstance(answer, Recommendation)] == expected
