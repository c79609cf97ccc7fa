"""Requests as of other moments: each client has a budget of them, and nobody who asks as of now waits for them."""

import asyncio
import threading
from collections import Counter
from pathlib import Path

import aiohttp

from benchmarks.running_app import running_app
from recsys.api.batching import Answered, RequestBatcher
from recsys.core.entities import Request
from recsys.core.timestamps import iso
from recsys.core.types import SECOND
from recsys.engine.engine import Engine


def test_one_client_has_a_budget_and_the_others_do_not_notice(small_set: Path, engine: Engine) -> None:
    times = [engine.start.time + 61 * SECOND * number for number in range(200)]

    async def ask(session: aiohttp.ClientSession, client: str, time: int | None) -> int:
        body = {"history": [], "k": 5} | ({} if time is None else {"as_of": iso(time)})
        async with session.post("/api/reco", json=body, headers={"X-Forwarded-For": client}) as answer:
            assert (answer.status == 429) == ("Retry-After" in answer.headers)
            return answer.status

    async def attack(address: str) -> tuple[Counter[int], Counter[int], Counter[int]]:
        async with aiohttp.ClientSession(address) as session:
            back = [asyncio.create_task(ask(session, "192.0.2.1", time)) for time in times]
            honest = [await ask(session, "192.0.2.2", None) for _ in range(20)]
            greedy = Counter(await asyncio.gather(*back))
            again = [await ask(session, "192.0.2.2", times[0]) for _ in range(30)]
            return greedy, Counter(honest), Counter(again)

    with running_app(small_set, RECSYS_MOMENTS="20/day", RECSYS_AT_ONCE="1000") as address:
        greedy, honest, again = asyncio.run(attack(address))
    assert greedy[429] >= len(times) - 20
    assert greedy[200] + greedy[429] == len(times)
    assert honest == {200: 20}
    assert again == {200: 30}, "a moment that is at hand is not counted"


def test_who_asks_as_of_now_does_not_wait_for_who_looks_back(engine: Engine) -> None:
    """With one moment that takes for ever, the present goes on."""
    hold = threading.Event()

    def stuck() -> Engine:
        assert hold.wait(60)
        return engine

    def source() -> Engine:
        return engine

    async def ask() -> tuple[bool, list[Answered]]:
        present, past = RequestBatcher("answering"), RequestBatcher("looking back")
        back = asyncio.create_task(past.recommend(stuck, Request(as_of=engine.start.time)))
        answers = [await present.recommend(source, Request()) for _ in range(5)]
        was_done = back.done()
        hold.set()
        await back
        return was_done, answers

    was_done, answers = asyncio.run(ask())
    assert not was_done
    assert len(answers) == 5


def test_moments_are_made_beside_each_other(engine: Engine) -> None:
    """One that takes long keeps nobody from another, and who asks for the same one shares it."""
    first, second = engine.start.time + 111 * SECOND, engine.start.time + 222 * SECOND
    hold, made = threading.Event(), Counter[int]()
    moments = engine.moments.with_articles(engine.articles, engine.start.time)

    def advance(moment: object, to: int) -> object:
        made[to] += 1
        if to == first:
            assert hold.wait(60)
        return engine.advance(engine.start, to)

    waiting = [threading.Thread(target=moments.at, args=(first, advance)) for _ in range(3)]
    for one in waiting:
        one.start()
    assert moments.at(second, advance).time == second  # type: ignore[arg-type]
    hold.set()
    for one in waiting:
        one.join()
    assert made == {first: 1, second: 1}
