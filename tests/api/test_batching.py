"""Requests that wait at the same time are answered in one go."""

import asyncio

from recsys.api.batching import Answered, RequestBatcher
from recsys.core.entities import Request
from recsys.engine.engine import Engine
from recsys.errors import InputError


def test_one_that_is_wrong_spoils_nobody_elses_answer(engine: Engine) -> None:
    users = engine.user_ids[:40].tolist()
    requests = [*(Request(user_id=user) for user in users), Request(user_id=10**9), Request(without=frozenset({"als"}))]

    def source() -> Engine:
        return engine

    async def ask() -> list[Answered | BaseException]:
        together = RequestBatcher("answering")
        answers = (together.recommend(source, request) for request in requests)
        return list(await asyncio.gather(*answers, return_exceptions=True))

    found = asyncio.run(ask())
    wrong = found.pop(len(users))
    assert isinstance(wrong, InputError)
    expected = [engine.recommend(request).articles for request in requests if request.user_id != 10**9]
    assert [answer.found.articles for answer in found if isinstance(answer, Answered)] == expected
