"""HTTP errors as RFC 9457 problems.  None of them can quote what was sent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from services.contracts.failures import Fault, faults

MEDIA_TYPE: Final = "application/problem+json"


@dataclass(frozen=True, slots=True)
class ProblemType:
    """One stable URI under ``/problems/``; the closed list below is the documentation."""

    slug: str
    title: str
    status: int


INVALID: Final = ProblemType("invalid-request", "The request is not valid", 422)
INCOMPLETE: Final = ProblemType("incomplete", "The body did not arrive whole", 400)
NOT_JSON: Final = ProblemType("not-json", "The body is not the JSON it claims to be", 400)
UNAUTHENTICATED: Final = ProblemType("unauthenticated", "No valid credentials", 401)
FORBIDDEN: Final = ProblemType("forbidden", "These credentials do not allow this", 403)
NOT_ADMITTED: Final = ProblemType("not-admitted", "The event may not enter", 403)
NOT_FOUND: Final = ProblemType("not-found", "There is nothing here", 404)
METHOD: Final = ProblemType("method-not-allowed", "Not with this method", 405)
CONFLICT: Final = ProblemType("conflict", "Something else holds this", 409)
TOO_LARGE: Final = ProblemType("too-large", "The body is too large", 413)
MEDIA: Final = ProblemType("unsupported-media-type", "This content type is not understood", 415)
TOO_MANY: Final = ProblemType("too-many-requests", "Come back later", 429)
INTERNAL: Final = ProblemType("internal", "Something failed on our side", 500)
SPOOL_FULL: Final = ProblemType("spool-full", "Come back later", 503)
UNAVAILABLE: Final = ProblemType("unavailable", "Come back later", 503)

TYPES: Final = (
    INVALID, INCOMPLETE, NOT_JSON, UNAUTHENTICATED, FORBIDDEN, NOT_ADMITTED, NOT_FOUND, METHOD,
    CONFLICT, TOO_LARGE, MEDIA, TOO_MANY, INTERNAL, SPOOL_FULL, UNAVAILABLE,
)  # fmt: skip


class Problem(Exception):
    """Answer the caller with this."""

    def __init__(
        self,
        kind: ProblemType,
        *,
        detail: str = "",
        retry_after_s: int = 0,
        errors: Sequence[Fault] = (),
    ) -> None:
        super().__init__(kind.slug)
        self.kind, self.detail, self.retry_after_s = kind, detail, retry_after_s
        self.errors = tuple(errors)


def body_of(problem: Problem) -> dict[str, Any]:
    """The members of the problem, as they stand in an answer or in one item of a batch."""
    return {
        "type": f"/problems/{problem.kind.slug}",
        "title": problem.kind.title,
        "status": problem.kind.status,
        "detail": problem.detail,
        "errors": [{"pointer": fault.pointer, "detail": fault.code} for fault in problem.errors],
    }


def answer(problem: Problem) -> JSONResponse:
    """The HTTP answer of *problem*."""
    headers = {"Retry-After": str(problem.retry_after_s)} if problem.retry_after_s else {}
    if problem.kind is UNAUTHENTICATED:
        headers["WWW-Authenticate"] = "Bearer"
    return JSONResponse(body_of(problem), problem.kind.status, headers, MEDIA_TYPE)


async def _problem(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, Problem)
    return answer(error)


async def _invalid(_: Request, error: Exception) -> JSONResponse:
    # FastAPI's own handler returns the rejected input: here that is somebody's message.
    assert isinstance(error, RequestValidationError)
    return answer(Problem(INVALID, errors=faults(error.errors())))


async def _http(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    known = {kind.status: kind for kind in (UNAUTHENTICATED, FORBIDDEN, NOT_FOUND, METHOD, MEDIA)}
    response = answer(Problem(known.get(error.status_code, INVALID)))
    if error.headers and "allow" in {name.lower() for name in error.headers}:
        response.headers["Allow"] = dict(error.headers).get("Allow", "")
    return response


async def _internal(_: Request, __: Exception) -> JSONResponse:
    return answer(Problem(INTERNAL))


def install(app: FastAPI) -> None:
    """Register every handler on *app*."""
    app.add_exception_handler(Problem, _problem)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(Exception, _internal)
