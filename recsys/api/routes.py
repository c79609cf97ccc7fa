"""The routes of the API, and what each answers."""

from __future__ import annotations

import threading
from typing import Annotated

from fastapi import Path, Request
from pydantic import BaseModel
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException

from recsys.api.batching import RequestBatcher
from recsys.api.errors import StillLoadingError
from recsys.api.schemas.answer import Answer, ExplainedAnswer
from recsys.api.schemas.clicks import ClicksAccepted, IncomingClicks
from recsys.api.schemas.environment import ShownContext
from recsys.api.schemas.request import RecommendationRequest
from recsys.api.schemas.sets import SetFacts
from recsys.api.telemetry import KEY, RequestTrace
from recsys.artifacts import open_sets
from recsys.artifacts.store import LoadedSet
from recsys.core.entities import Request as EngineRequest
from recsys.core.timestamps import iso
from recsys.engine.engine import Engine
from recsys.engine.event_log import EventLog, LearningEngine
from recsys.engine.recommendation import Recommendation
from recsys.errors import InputError

LAST_CLICKS = 20
UserId = Annotated[str, Path(max_length=1000)]


class Health(BaseModel):
    """That a set is in use, and the moment up to which it knows the clicks."""

    status: str
    until: str


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
        events: where observed clicks are stored; None for a server that takes in none.
    """

    def __init__(self, events: EventLog | None = None) -> None:
        self._events = events
        self._batcher = RequestBatcher()
        self._learning: tuple[LoadedSet, LearningEngine] | None = None
        self._lock = threading.Lock()

    async def recommend(self, wanted: RecommendationRequest, request: Request) -> ExplainedAnswer | Answer:
        """Recommend articles to a reader."""
        if self._events is None:
            engine = self._engine(request)
        else:  # it may have clicks to learn from first
            engine = await run_in_threadpool(self._engine, request)

        found = await self._batcher.recommend(engine, wanted.request(engine.dataset, engine.names))
        _trace(request).stages = found.timings_ms
        if wanted.explain:  # takes many times as long as the answer: others must not wait for it
            return await run_in_threadpool(wanted.answer, engine, found)
        return wanted.answer(engine, found)

    async def explain(self, wanted: RecommendationRequest, request: Request) -> ExplainedAnswer | Answer:
        """Recommend articles, with what every algorithm suggested and what the reranker made of it."""
        return await self.recommend(wanted.model_copy(update={"explain": True}), request)

    def observe(self, incoming: IncomingClicks, request: Request) -> ClicksAccepted:
        """Take in clicks: every following request knows them, and a restart loses none."""
        assert self._events is not None
        loaded = _loaded(request)
        clicks = [one.click(loaded.engine.dataset, loaded.engine.names) for one in incoming.clicks]
        return ClicksAccepted(new=self._engine_of(loaded, self._events).take_in(clicks))

    def user(self, user_id: UserId, request: Request) -> User:
        """What is known of a stored reader."""
        engine = self._engine(request)
        number = engine.names.typed_user(user_id)
        if number is None:
            raise InputError(f"user_id: {user_id!r} is not a whole number from 0 on, as this set's ids are.")
        try:
            found = engine.recommend(EngineRequest(user_id=number, k=1))
        except InputError as error:
            raise HTTPException(404, str(error)) from None
        return _user(engine, number, found)

    def health(self, request: Request) -> Health:
        """Whether there is a set to answer with."""
        return Health(status="ok", until=_loaded(request).manifest.until)

    def artifacts(self, request: Request) -> SetFacts:
        """The set in use: what it was trained on, how good it was then, what is in it."""
        return SetFacts.of(_loaded(request).manifest)

    def _engine(self, request: Request) -> Engine:
        loaded = _loaded(request)
        return loaded.engine if self._events is None else self._engine_of(loaded, self._events).now()

    def _engine_of(self, loaded: LoadedSet, events: EventLog) -> LearningEngine:
        """The learning engine of a set; a new set starts with the clicks that are stored."""
        with self._lock:
            if self._learning is None or self._learning[0] is not loaded:
                self._learning = loaded, LearningEngine(loaded.engine, events)
            return self._learning[1]


def _loaded(request: Request) -> LoadedSet:
    """The set that answers this request, all of it."""
    loaded = open_sets.first_set().now()
    if loaded is None:
        raise StillLoadingError
    _trace(request).set_home = loaded.manifest.home
    return loaded


def _trace(request: Request) -> RequestTrace:
    trace: RequestTrace = request.scope[KEY]
    return trace


def _user(engine: Engine, user_id: int, found: Recommendation) -> User:
    newest = reversed(found.history[-LAST_CLICKS:])
    return User(
        user_id=engine.names.user(user_id),
        profile=ShownContext.of(engine.dataset, found.profile.stored),
        clicks=len(found.history),
        last_clicks=[
            KnownClick(
                article_id=engine.names.article(c.article_id), title=engine.title_of(c.article_id), time=iso(c.time)
            )
            for c in newest
        ],
    )
