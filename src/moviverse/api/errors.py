"""One shape for everything that is not a success, whatever raised it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from math import ceil
from typing import TYPE_CHECKING, Any

import structlog
from django.core.exceptions import (
    PermissionDenied,
    RequestDataTooBig,
    SuspiciousOperation,
    ValidationError,
)
from django.db import DataError, IntegrityError
from django.http import Http404
from rest_framework import exceptions
from rest_framework.response import Response

from moviverse.core import errors, outages

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.http import HttpRequest
    from rest_framework.request import Request

log = structlog.get_logger(__name__)

CHALLENGE = 'Bearer realm="MoviVerse"'
STATUS_OF_ERROR: dict[type[errors.MoviverseError], int] = {
    errors.Invalid: 400,
    errors.NotAuthenticated: 401,
    errors.AuthenticationFailed: 401,
    errors.PermissionRefused: 403,
    errors.NotFound: 404,
    errors.Conflict: 409,
    errors.RateLimited: 429,
    errors.Unavailable: 503,
    errors.UpstreamFailed: 502,
}
CODE_OF_STATUS = {
    400: "VALIDATION_ERROR",
    401: "NOT_AUTHENTICATED",
    402: "PAYMENT_REQUIRED",
    403: "PERMISSION_DENIED",
    404: "NOT_FOUND",
    405: "METHOD_NOT_ALLOWED",
    409: "CONFLICT",
    411: "VALIDATION_ERROR",
    413: "VALIDATION_ERROR",
    415: "UNSUPPORTED_MEDIA_TYPE",
    429: "RATE_LIMITED",
}
SENTENCE_OF_STATUS = {
    400: "The request cannot be understood.",
    401: errors.NotAuthenticated.message,
    403: errors.PermissionRefused.message,
    404: errors.NotFound.message,
    405: "This method is not allowed here.",
    411: "Send the length of the body.",
    413: "The body is too large.",
    415: "Send the body as application/json.",
    429: errors.RateLimited.message,
    503: errors.Unavailable.message,
}
NO_FIELD = "non_field_errors"  # the key of what concerns the whole body


@dataclass(frozen=True)
class Problem:
    """What an answer says about an error."""

    status: int
    message: str
    code: str = ""
    details: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)

    def body(self, request: HttpRequest | Request | None) -> dict[str, Any]:
        """Return the JSON body of the contract."""
        code = self.code or code_of(self.status)
        said = {"error": code, "message": self.message}
        if self.details is not None:
            said["details"] = self.details
        return {**said, "request_id": getattr(request, "request_id", "")}


def handle(exc: Exception, context: Mapping[str, Any]) -> Response:
    """Answer whatever a view raised; named in the settings as DRF's exception handler."""
    request = context.get("request")
    found = problem(exc)
    if found.status == 415:  # noqa: PLR2004 - HTTP's own number
        found = replace(found, message=_form_wanted(context.get("view"), found.message))
    if found.status >= 500:  # noqa: PLR2004 - the border of our own mistakes
        _log(exc, found)
    return Response(found.body(request), status=found.status, headers=dict(found.headers))


def problem(exc: Exception) -> Problem:
    """Return what to say about `exc`; nothing of an unexpected one is told."""
    outage = outages.of(exc)
    if outage is not None:
        exc = outage
    if isinstance(exc, errors.MoviverseError):
        return _expected(exc)
    if isinstance(exc, exceptions.APIException):
        return _of_framework(exc)
    if isinstance(exc, ValidationError):
        return Problem(400, errors.Invalid.message, details=_flat(_told(exc)))
    if isinstance(exc, IntegrityError):
        return Problem(409, errors.Conflict.message)
    for kinds, status in (
        (Http404, 404),
        (PermissionDenied, 403),
        (RequestDataTooBig, 413),
        ((SuspiciousOperation, DataError), 400),
    ):
        if isinstance(exc, kinds):
            return of_status(status)
    return of_status(500)


def of_status(status: int) -> Problem:
    """Return the problem of an answer of which only the status is known."""
    sentence = SENTENCE_OF_STATUS.get(status, errors.MoviverseError.message)
    headers = {"WWW-Authenticate": CHALLENGE} if status == 401 else {}  # noqa: PLR2004 - HTTP's own number
    return Problem(status, sentence, headers=headers)


def code_of(status: int) -> str:
    """Return the contract's code of a status."""
    return CODE_OF_STATUS.get(status, "INTERNAL_ERROR")


def _form_wanted(view: Any, otherwise: str) -> str:
    wanted = [parser.media_type for parser in getattr(view, "parser_classes", ())]
    return f"Send the body as {' or '.join(wanted)}." if wanted else otherwise


def _expected(exc: errors.MoviverseError) -> Problem:
    status = next(
        (status for kind, status in STATUS_OF_ERROR.items() if isinstance(exc, kind)), 500
    )
    headers = dict(of_status(status).headers)
    if isinstance(exc, errors.RateLimited | errors.Unavailable):
        headers["Retry-After"] = str(exc.retry_after_seconds)
    return Problem(status, exc.message, exc.code, exc.details, headers)


def _of_framework(exc: exceptions.APIException) -> Problem:
    status = exc.status_code
    if isinstance(exc, exceptions.ValidationError):
        return Problem(status, errors.Invalid.message, details=_flat(exc.detail))
    plain = of_status(status)
    headers = dict(plain.headers)
    if isinstance(exc, exceptions.Throttled):
        headers["Retry-After"] = str(max(1, ceil(getattr(exc, "wait", None) or 1)))
        return Problem(status, plain.message, headers=headers)
    code = "AUTHENTICATION_FAILED" if isinstance(exc, exceptions.AuthenticationFailed) else ""
    ours = status in {405, 415} or exc.detail == type(exc).default_detail
    return Problem(status, plain.message if ours else str(exc.detail), code, headers=headers)


def _told(exc: ValidationError) -> Any:
    return exc.message_dict if hasattr(exc, "error_dict") else exc.messages


def _flat(detail: Any, path: str = "") -> dict[str, list[str]]:
    """Return field -> messages; a field within another is named by its path, `rows.3.rating`."""
    if isinstance(detail, dict):
        parts: list[tuple[str, Any]] = [(str(key), value) for key, value in detail.items()]
    elif isinstance(detail, list) and any(isinstance(each, dict | list) for each in detail):
        parts = [(str(index), value) for index, value in enumerate(detail)]
    else:
        said = detail if isinstance(detail, list) else [detail]
        return {path or NO_FIELD: [str(each) for each in said]} if said else {}
    found: dict[str, list[str]] = {}
    for key, value in parts:
        name = ".".join(part for part in (path, key) if part and (not path or part != NO_FIELD))
        for each, messages in _flat(value, name).items():
            found.setdefault(each, []).extend(messages)
    return found


def _log(exc: Exception, found: Problem) -> None:
    if isinstance(exc, errors.UpstreamFailed) or found.status == 503:  # noqa: PLR2004 - HTTP's own number
        log.warning("unavailable", error=type(exc).__name__, message=str(exc))
    else:
        log.error("unexpected_error", exc_info=exc)
