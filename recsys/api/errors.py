"""Errors as JSON: ``{"error": "…"}``, naming the field and nothing of the server's inside."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from starlette.exceptions import HTTPException

from recsys.api.schemas.policy import BY_NAME, BY_RULES
from recsys.errors import ArtifactError, InputError
from recsys.events.store import StoreError
from recsys.policy.base import RULES

SECONDS_TO_RETRY = 5
LOADING = "The models are still loading."
SENTENCES = {
    400: "The request is invalid; the sentence says where.",
    401: "The bearer token is missing or wrong.",
    404: "Not found.",
    405: "Method not allowed.",
    408: "The body did not arrive in time.",
    413: "The body is larger than 64 KiB.",
    415: "The Content-Type must be application/json.",
    429: "Too many requests; Retry-After says when to try again.",
    500: "Something went wrong on the server; its log has the details under the request's id.",
    503: "No set of models can be used at the moment; Retry-After says when to try again.",
}


KINDS = {"body", "path", "int", "str", BY_NAME, BY_RULES, *RULES}
"""Parts of pydantic's paths that are no field."""


class ErrorBody(BaseModel):
    """What went wrong, in a sentence."""

    error: str


class StillLoadingError(Exception):
    """The first set is still loading."""


def response(status: int, sentence: str = "", headers: Mapping[str, str] | None = None) -> JSONResponse:
    """An error for a client."""
    return JSONResponse({"error": sentence or SENTENCES[status]}, status, headers)


def documented(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The errors of an endpoint, for OpenAPI."""
    return {status: {"model": ErrorBody, "description": SENTENCES[status]} for status in statuses}


def install(api: FastAPI) -> None:
    """Turn every error of an application into one of these."""
    api.exception_handler(RequestValidationError)(_malformed)
    api.exception_handler(InputError)(_refused)
    api.exception_handler(ArtifactError)(_unavailable)
    api.exception_handler(StoreError)(_not_kept)
    api.exception_handler(StillLoadingError)(_loading)
    api.exception_handler(HTTPException)(_by_status)
    api.exception_handler(Exception)(_failed)


async def _malformed(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    first = error.errors()[0]
    if first["type"] == "json_invalid":
        return response(400, "The body is not JSON.")
    return response(400, f"{_field(first['loc'])}{first['msg'].removeprefix('Value error, ')}.")


async def _refused(_: Request, error: Exception) -> JSONResponse:
    return response(400, str(error))


async def _unavailable(_: Request, error: Exception) -> JSONResponse:
    return response(503, headers={"Retry-After": str(SECONDS_TO_RETRY)})


async def _not_kept(_: Request, error: Exception) -> JSONResponse:
    return response(503, f"{error} No click of this request was kept.", {"Retry-After": str(SECONDS_TO_RETRY)})


async def _loading(_: Request, error: Exception) -> JSONResponse:
    return response(503, LOADING, {"Retry-After": str(SECONDS_TO_RETRY)})


async def _failed(_: Request, error: Exception) -> JSONResponse:
    return response(500)


async def _by_status(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    is_ours = error.status_code not in {404, 405} or error.detail not in {"Not Found", "Method Not Allowed"}
    return response(error.status_code, error.detail if is_ours else "", error.headers)


def _field(location: Sequence[str | int]) -> str:
    """The field that is wrong, such as ``env.device: ``; the kinds of a union are not part of it."""
    names = [str(part) for part in location if part not in KINDS]
    return f"{'.'.join(names)}: " if names else ""
