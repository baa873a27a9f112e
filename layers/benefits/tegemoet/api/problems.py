"""Errors as RFC 9457 `application/problem+json`.

A problem has a stable `code` and names every field at fault; it never contains an input value.
Member names and codes are part of the contract; `detail` is for people and may change.
"""

from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Any

import orjson
from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.exceptions import RequestValidationError

from tegemoet.api.refusals import NotJsonError, TooLargeError, UnauthorizedError
from tegemoet.domain.problems import (
    BatchLoadingError,
    ConflictError,
    Fault,
    InvalidError,
    MalformedError,
    NotFoundError,
    NotGrantedError,
    NotPermittedError,
    ParameterUnknownError,
    ProblemError,
    fault_at,
)

CONTENT_TYPE = "application/problem+json"


_STATUS: Mapping[type[ProblemError], HTTPStatus] = {
    TooLargeError: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    NotJsonError: HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    MalformedError: HTTPStatus.BAD_REQUEST,
    InvalidError: HTTPStatus.UNPROCESSABLE_ENTITY,
    ParameterUnknownError: HTTPStatus.UNPROCESSABLE_ENTITY,
    NotFoundError: HTTPStatus.NOT_FOUND,
    ConflictError: HTTPStatus.CONFLICT,
    NotPermittedError: HTTPStatus.FORBIDDEN,
    NotGrantedError: HTTPStatus.FORBIDDEN,
    UnauthorizedError: HTTPStatus.UNAUTHORIZED,
}

TITLES = {
    400: "Bad Request",
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not Found",
    405: "Method Not Allowed",
    409: "Conflict",
    413: "Content Too Large",
    415: "Unsupported Media Type",
    422: "Unprocessable Content",
    429: "Too Many Requests",
    500: "Internal Server Error",
}
"""Reason phrases of RFC 9110; those of Python's library differ between versions."""


def status_of(problem: ProblemError) -> int:
    """The HTTP status of a problem: that of its nearest class with a status."""
    return next(
        (_STATUS[kind] for kind in type(problem).__mro__ if kind in _STATUS), HTTPStatus.UNPROCESSABLE_ENTITY
    ).value


def respond(problem: ProblemError) -> Response[str]:
    """The response for `problem`."""
    more: dict[str, Any] = {}
    if isinstance(problem, ParameterUnknownError):
        more = {"parameter": problem.parameter, "on": problem.on}
    if isinstance(problem, BatchLoadingError):
        more = {"batches": list(problem.batches), "cut_off": problem.cut_off}
    return answer(status_of(problem), problem.code, problem.detail, problem.faults, **more)


def answer(status: int, code: str, detail: str, faults: Iterable[Fault] = (), **more: Any) -> Response[str]:
    """A response with a problem document."""
    body = {
        "type": "about:blank",
        "title": TITLES.get(status, TITLES[500]),
        "status": status,
        "detail": detail,
        "code": code,
        "errors": [{"path": path, "code": fault} for path, fault in dict.fromkeys((f.path, f.code) for f in faults)],
        **more,
    }
    return Response(status, CONTENT_TYPE, orjson.dumps(body).decode())


def invalid(error: RequestValidationError) -> InvalidError:
    """A failed validation of a request as a problem."""
    faults = dict.fromkeys(fault_of(e["loc"], e["type"]) for e in error.errors())
    return InvalidError("The request is invalid; `errors` lists every field at fault.", "invalid", tuple(faults))


def fault_of(location: tuple[str | int, ...], kind: str) -> Fault:
    """The fault that pydantic reports at `location`.

    Its path is a pointer into the body, or begins with `/query`, `/header` or `/path`.
    """
    where, *steps = location
    return fault_at(steps if where == "body" else location, kind)
