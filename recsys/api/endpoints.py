"""What the API answers."""

from __future__ import annotations

import threading
from typing import Annotated

from fastapi import Path, Request
from pydantic import BaseModel
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException

from recsys import sets
from recsys.api.errors import StillLoadingError
from recsys.api.telemetry import KEY, Seen
from recsys.api.together import Together
from recsys.domain import Recommendation
from recsys.domain import Request as EngineRequest
from recsys.engine import Engine
from recsys.errors import InputError
from recsys.events import EventLog, LearningEngine
from recsys.store import LoadedSet
from recsys.times import iso
from recsys.wire.answer import Answer, ExplainedAnswer
from recsys.wire.clicks import IncomingClicks, Taken
from recsys.wire.environment import ShownContext
from recsys.wire.question import Question
from recsys.wire.sets import SetFacts

LAST_CLICKS = 20
UserId = Annotated[int, Path(ge=0, lt=2**63)]


class Health(BaseModel):
    """That a set is in use, and the moment up to which it knows the clicks."""

    status: str
    until: str


class KnownClick(BaseModel):
    """An article that a visitor read."""

    article_id: int
    title: str
    time: str


class User(BaseModel):
    """A stored visitor at the newest moment of the set; the last clicks, newest first."""

    user_id: int
    profile: ShownContext
    clicks: int
    last_clicks: list[KnownClick]


class Endpoints:
    """The answers of the set that the pages start with.

    Args:
        events: where observed clicks are kept; None for a server that observes none.
    """

    def __init__(self, events: EventLog | None = None) -> None:
        self._events = events
        self._together = Together()
        self._learning: tuple[LoadedSet, LearningEngine] | None = None
        self._lock = threading.Lock()

    async def recommend(self, question: Question, request: Request) -> ExplainedAnswer | Answer:
        """Recommend articles to a visitor."""
        if self._events is None:
            engine = self._engine(request)
        else:  # it may have clicks to take in first
            engine = await run_in_threadpool(self._engine, request)

        found = await self._together.recommend(engine, question.request(engine.settings))
        _seen(request).stages = found.timings_ms
        if question.explain:  # takes many times as long as the answer, and keeps nobody else waiting
            return await run_in_threadpool(question.answer, engine, found)
        return question.answer(engine, found)

    async def explain(self, question: Question, request: Request) -> ExplainedAnswer | Answer:
        """Recommend articles, and tell what every algorithm proposed and what the reranker made of it."""
        return await self.recommend(question.model_copy(update={"explain": True}), request)

    def observe(self, incoming: IncomingClicks, request: Request) -> Taken:
        """Take in clicks: every request that follows knows of them, and a restart loses none."""
        assert self._events is not None
        loaded = _loaded(request)
        clicks = [one.click(loaded.engine.settings) for one in incoming.clicks]
        return Taken(new=self._engine_of(loaded, self._events).take_in(clicks))

    def user(self, user_id: UserId, request: Request) -> User:
        """What is known of a stored visitor."""
        engine = self._engine(request)
        try:
            found = engine.recommend(EngineRequest(user_id=user_id, k=1))
        except InputError as error:
            raise HTTPException(404, str(error)) from None
        return _user(engine, user_id, found)

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
        """The learning engine of a set; a new set starts with the clicks that are kept."""
        with self._lock:
            if self._learning is None or self._learning[0] is not loaded:
                self._learning = loaded, LearningEngine(loaded.engine, events)
            return self._learning[1]


def _loaded(request: Request) -> LoadedSet:
    """The set that answers this request, all of it."""
    loaded = sets.first_set().now()
    if loaded is None:
        raise StillLoadingError
    _seen(request).set_home = loaded.manifest.home
    return loaded


def _seen(request: Request) -> Seen:
    seen: Seen = request.scope[KEY]
    return seen


def _user(engine: Engine, user_id: int, found: Recommendation) -> User:
    newest = reversed(found.history[-LAST_CLICKS:])
    return User(
        user_id=user_id,
        profile=ShownContext.of(engine.settings, found.profile.stored),
        clicks=len(found.history),
        last_clicks=[
            KnownClick(article_id=c.article_id, title=engine.title_of(c.article_id), time=iso(c.time)) for c in newest
        ],
    )
