"""The routes of the API, and what each answers."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Annotated

from fastapi import Path, Request
from limits.aio.storage import MemoryStorage
from limits.aio.strategies import SlidingWindowCounterRateLimiter
from pydantic import BaseModel
from starlette.exceptions import HTTPException

from recsys.api.batching import Answered, RequestBatcher
from recsys.api.learning_sets import AnsweringSet, Events, LearningSets
from recsys.api.schemas.answer import Answer, ExplainedAnswer
from recsys.api.schemas.clicks import ClicksAccepted, IncomingClicks
from recsys.api.schemas.environment import ShownContext
from recsys.api.schemas.request import RecommendationRequest
from recsys.api.schemas.sets import SetFacts
from recsys.api.settings import ServerSettings
from recsys.api.storing import ClickKeeper
from recsys.api.telemetry import KEY, RequestTrace
from recsys.core.entities import Request as EngineRequest
from recsys.core.policy import NO_POLICY
from recsys.core.timestamps import iso
from recsys.engine.engine import Engine
from recsys.engine.recommendation import Recommendation
from recsys.errors import InputError
from recsys.events.clock import Now

LAST_CLICKS = 20
MOST_LOOKING_BACK = 16
"""Requests as of other moments that may wait."""
TOO_MANY_MOMENTS = "Too many requests as of other moments than now; Retry-After says when to try again."
UserId = Annotated[str, Path(max_length=1000)]


class Health(BaseModel):
    """That a set is in use.

    ``until`` is how far its log reaches, ``now`` the moment of a request that names none, ``clicks`` whether clicks are
    taken in: "no", "yes", or why they can't be at the moment; answers go on from what was known.
    """

    status: str
    until: str
    now: str
    clock: str
    clicks: str


class KnownClick(BaseModel):
    """An article that a reader opened."""

    article_id: int | str
    title: str
    time: str


class User(BaseModel):
    """A stored reader at the newest moment of the set; the last clicks, newest first."""

    user_id: int | str
    profile: ShownContext
    clicks: int
    last_clicks: list[KnownClick]


class Routes:
    """The answers of the set that the pages start with.

    Args:
        events: where observed clicks are stored, and what is now; None for a server that takes in none.
        settings: what the server lets in.
    """

    def __init__(self, events: Events | None = None, settings: ServerSettings | None = None) -> None:
        self._sets = LearningSets(events)
        self._present, self._past = RequestBatcher("answering"), RequestBatcher("looking back")
        self._keeper = ClickKeeper()
        self._explaining = ThreadPoolExecutor(1, "explaining")
        settings = settings or ServerSettings()
        self._moments = settings.moments
        self._policies = {one.name: one for one in settings.policies}
        self._policy = next(iter(settings.policies), NO_POLICY)
        self._limiter = SlidingWindowCounterRateLimiter(MemoryStorage())

    async def recommend(self, wanted: RecommendationRequest, request: Request) -> ExplainedAnswer | Answer:
        """Recommend articles to a reader."""
        answering = self._answering(request)
        known = answering.known
        asked = wanted.request(known.dataset, known.names, self._policies, self._policy)
        answered = await self._answer(answering, asked, request)
        _trace(request).stages = answered.found.timings_ms
        if wanted.explain:  # takes many times as long as the answer: others must not wait for it
            made = self._explaining.submit(wanted.answer, answered.engine, answered.found)
            return await asyncio.wrap_future(made)
        return wanted.answer(answered.engine, answered.found)

    async def explain(self, wanted: RecommendationRequest, request: Request) -> ExplainedAnswer | Answer:
        """Recommend articles, with what every algorithm suggested and what the reranker made of it."""
        return await self.recommend(wanted.model_copy(update={"explain": True}), request)

    async def observe(self, incoming: IncomingClicks, request: Request) -> ClicksAccepted:
        """Take in clicks: every following request knows them, and a restart loses none."""
        answering = self._answering(request)
        assert answering.learning is not None
        known = answering.known
        clicks = [one.click(known.dataset, known.names) for one in incoming.clicks]
        return ClicksAccepted(new=await self._keeper.keep(answering.learning, clicks))

    async def user(self, user_id: UserId, request: Request) -> User:
        """What is known of a stored reader."""
        answering = self._answering(request)
        number = answering.known.names.typed_user(user_id)
        if number is None:
            raise InputError(f"user_id: {user_id!r} is not a whole number from 0 on, as this set's ids are.")
        try:
            answered = await self._answer(answering, EngineRequest(user_id=number, k=1), request)
        except InputError as error:
            raise HTTPException(404, str(error)) from None
        return _user(answered.engine, number, answered.found)

    async def health(self, request: Request) -> Health:
        """Whether there is a set to answer with, and whether clicks are taken in."""
        answering = self._answering(request)
        learning = answering.learning
        return Health(
            status="ok",
            until=answering.loaded.manifest.until,
            now=iso(answering.known.end),
            clock=str(Now.LOG if learning is None else learning.clock.kind),
            clicks="no" if learning is None else learning.problem or "yes",
        )

    async def artifacts(self, request: Request) -> SetFacts:
        """The set in use: what it was trained on, how good it was then, what is in it."""
        return SetFacts.of(self._answering(request).loaded.manifest)

    async def _answer(self, answering: AnsweringSet, asked: EngineRequest, request: Request) -> Answered:
        """An answer: those as of now never wait for those that look back, each of which takes as long as several."""
        if asked.as_of is not None and answering.is_now(asked.as_of):
            asked = replace(asked, as_of=None)
        moment = asked.as_of
        if moment is None or answering.known.moments.has(moment) or not answering.known.can_replay(moment):
            return await self._present.recommend(answering.engine, asked)
        client = request.client.host if request.client else ""
        if self._past.waiting >= MOST_LOOKING_BACK or not await self._limiter.hit(self._moments, client):
            raise HTTPException(429, TOO_MANY_MOMENTS, {"Retry-After": "1"})
        return await self._past.recommend(answering.engine, asked)

    def _answering(self, request: Request) -> AnsweringSet:
        """The set that answers this request, all of it."""
        answering = self._sets.now()
        trace = _trace(request)
        trace.set_home = answering.loaded.manifest.home
        if answering.learning is not None:
            trace.seconds_behind = answering.learning.age
        return answering


def _trace(request: Request) -> RequestTrace:
    trace: RequestTrace = request.scope[KEY]
    return trace


def _user(engine: Engine, user_id: int, found: Recommendation) -> User:
    newest = reversed(found.history[-LAST_CLICKS:])
    return User(
        user_id=engine.names.user(user_id),
        profile=ShownContext.of(engine.dataset, found.profile.stored),
        clicks=found.clicks,
        last_clicks=[
            KnownClick(
                article_id=engine.names.article(c.article_id), title=engine.title_of(c.article_id), time=iso(c.time)
            )
            for c in newest
        ],
    )
