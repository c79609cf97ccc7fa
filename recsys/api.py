"""The REST API: the same engine as the pages, in the same process."""

from __future__ import annotations

from collections.abc import Sequence

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse

from recsys.errors import ArtifactError, InputError
from recsys.sets import available, open_set
from recsys.store import LoadedSet
from recsys.wire import Answer, Question

SECONDS_TO_RETRY = 10


def make_api() -> FastAPI:
    """The application that answers under ``/api``, for the set that the pages start with."""
    api = FastAPI(title="Recommender, laid open", docs_url="/docs", redoc_url=None)
    api.post("/reco")(recommend)
    api.exception_handler(RequestValidationError)(_malformed)
    api.exception_handler(InputError)(_refused)
    api.exception_handler(ArtifactError)(_unavailable)
    return api


def recommend(question: Question) -> Answer:
    """Recommend articles to a visitor."""
    engine = _first_set().engine
    return question.answer(engine.settings, engine.recommend(question.request(engine.settings)))


def _first_set() -> LoadedSet:
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
