"""The REST API: the same engine as the pages, in the same process."""

from __future__ import annotations

import threading
from collections.abc import Sequence

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse

from recsys.errors import ArtifactError, InputError
from recsys.events import EventLog, LearningEngine
from recsys.sets import available, open_set
from recsys.store import LoadedSet
from recsys.wire import Answer, IncomingClicks, Question, Taken

SECONDS_TO_RETRY = 10


class Endpoints:
    """What the API answers, for the set that the pages start with.

    Args:
        events: where observed clicks are kept; None for a server that observes none.
    """

    def __init__(self, events: EventLog | None = None) -> None:
        self._events = events
        self._learning: tuple[LoadedSet, LearningEngine] | None = None
        self._lock = threading.Lock()

    def recommend(self, question: Question) -> Answer:
        """Recommend articles to a visitor."""
        loaded = first_set()
        engine = loaded.engine if self._events is None else self._engine_of(loaded, self._events).now()
        return question.answer(engine.settings, engine.recommend(question.request(engine.settings)))

    def observe(self, incoming: IncomingClicks) -> Taken:
        """Take in clicks: every request that follows knows of them, and a restart loses none."""
        assert self._events is not None
        loaded = first_set()
        clicks = [one.click(loaded.engine.settings) for one in incoming.clicks]
        return Taken(new=self._engine_of(loaded, self._events).take_in(clicks))

    def _engine_of(self, loaded: LoadedSet, events: EventLog) -> LearningEngine:
        """The learning engine of a set; a new set starts with the clicks that are kept."""
        with self._lock:
            if self._learning is None or self._learning[0] is not loaded:
                self._learning = loaded, LearningEngine(loaded.engine, events)
            return self._learning[1]


def make_api(events: EventLog | None = None) -> FastAPI:
    """The application that answers under ``/api``; with ``events``, it takes in clicks too."""
    api = FastAPI(title="Recommender, laid open", docs_url="/docs", redoc_url=None)
    endpoints = Endpoints(events)
    api.post("/reco")(endpoints.recommend)
    if events is not None:
        api.post("/clicks")(endpoints.observe)
    api.exception_handler(RequestValidationError)(_malformed)
    api.exception_handler(InputError)(_refused)
    api.exception_handler(ArtifactError)(_unavailable)
    return api


def first_set() -> LoadedSet:
    """The set that the pages start with.

    Raises:
        ArtifactError: there is none, or it can't be used.
    """
    found = available()
    if not found:
        raise ArtifactError("There is no set of models to answer with.")
    return open_set(next(iter(found.values())))


async def _malformed(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    first = error.errors()[0]
    if first["type"] == "json_invalid":
        return _error(400, "The body is not JSON.")
    return _error(400, f"{_field(first['loc'])}{first['msg'].removeprefix('Value error, ')}.")


async def _refused(_: Request, error: Exception) -> JSONResponse:
    return _error(400, str(error))


async def _unavailable(_: Request, error: Exception) -> JSONResponse:
    return _error(503, "No set of models can be used at the moment.", {"Retry-After": str(SECONDS_TO_RETRY)})


def _field(location: Sequence[str | int]) -> str:
    """The place of what is wrong, such as ``env.device: ``; the kinds of a union are no part of it."""
    names = [str(part) for part in location if part != "body" and part not in {"int", "str"}]
    return f"{'.'.join(names)}: " if names else ""


def _error(status: int, sentence: str, headers: dict[str, str] | None = None) -> JSONResponse:
    return JSONResponse({"error": sentence}, status, headers)
