"""Errors as pages in the site's look. None of them reads the database, which may be what is down."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.http import HttpResponse
from django.template.loader import render_to_string

from moviverse.core import errors

if TYPE_CHECKING:
    from django.http import HttpRequest


@dataclass(frozen=True)
class Fault:
    """What an error page says."""

    status: int
    title: str
    sentence: str


BAD_REQUEST = Fault(400, "That did not make sense", "The address or the form was not valid.")
FORBIDDEN = Fault(403, "Not for this seat", "You may not see this page.")
NOT_FOUND = Fault(404, "This scene was cut", "There is no page at this address.")
NOT_ALLOWED = Fault(405, "Wrong door", "This page does not take requests of this kind.")
CONFLICT = Fault(409, "Two stories", errors.Conflict.message)
TOO_MANY = Fault(429, "One moment, please", errors.RateLimited.message)
BROKEN = Fault(500, "The film has torn", "Something went wrong on our side. It was noted.")
AWAY = Fault(503, "Intermission", "A part of the site is resting. Try again in a moment.")
UPSTREAM = Fault(502, "Lost in translation", errors.UpstreamFailed.message)
FAULT_OF: dict[type[errors.MoviverseError], Fault] = {
    errors.Invalid: BAD_REQUEST,
    errors.NotAuthenticated: FORBIDDEN,
    errors.AuthenticationFailed: FORBIDDEN,
    errors.PermissionRefused: FORBIDDEN,
    errors.NotFound: NOT_FOUND,
    errors.Conflict: CONFLICT,
    errors.RateLimited: TOO_MANY,
    errors.Unavailable: AWAY,
    errors.UpstreamFailed: UPSTREAM,
}


def answer(request: HttpRequest, error: errors.MoviverseError) -> HttpResponse:
    """Return the page of an error that was raised on purpose, with its own sentence."""
    fault = next((FAULT_OF[kind] for kind in type(error).__mro__ if kind in FAULT_OF), BROKEN)
    response = page(request, fault, sentence=error.message)
    if isinstance(error, errors.RateLimited | errors.Unavailable):
        response["Retry-After"] = str(error.retry_after_seconds)
    return response


def page(request: HttpRequest, fault: Fault, *, sentence: str = "") -> HttpResponse:
    """Return an error page; it belongs to this request alone."""
    context = {
        "fault": fault,
        "sentence": sentence or fault.sentence,
        "request_id": getattr(request, "request_id", ""),
    }
    body = render_to_string("web/fault.html", context)
    return HttpResponse(body, status=fault.status, headers={"Cache-Control": "private, no-store"})


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001 - Django's signature
    """Answer what Django itself found suspicious."""
    return page(request, BAD_REQUEST)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001 - Django's signature
    """Answer what Django itself refused."""
    return page(request, FORBIDDEN)


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001 - Django's signature
    """Answer an address that leads nowhere."""
    return page(request, NOT_FOUND)


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer a mistake of ours."""
    return page(request, BROKEN)


def unavailable(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001 - of the other handlers
    """Answer while the database is away."""
    return page(request, AWAY)
