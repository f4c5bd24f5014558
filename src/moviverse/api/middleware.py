"""What surrounds every request: its id, its limits, its path, and an answer when all else fails."""

from __future__ import annotations

import re
import time
import uuid
from contextlib import suppress
from typing import TYPE_CHECKING

import structlog
from django.core.exceptions import DisallowedHost
from django.http import HttpResponse, HttpResponsePermanentRedirect, JsonResponse
from django.urls import get_resolver
from django.utils.cache import patch_vary_headers

from moviverse.api import counts, errors, paths
from moviverse.core import clients, deadlines, outages

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest
    from django.http.response import HttpResponseBase

    Next = Callable[[HttpRequest], HttpResponseBase]

REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{8,128}")
LARGEST_REST = 2 * 1024 * 1024  # bytes of a body that nobody wanted; beyond, the line may break
CHUNK = 64 * 1024

log = structlog.get_logger(__name__)


class RequestIdMiddleware:
    """Give every request a name that its answer, its errors and its log lines carry."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer, and say so in the log: never with the query, which may hold anything.

        What we ask ourselves to fill the cache is no visit, and is neither told nor counted.
        """
        given = request.headers.get("X-Request-ID", "")
        request_id = given if REQUEST_ID.fullmatch(given) else str(uuid.uuid4())
        request.request_id = request_id  # type: ignore[attr-defined]  # read by errors and views
        started = time.perf_counter()
        with structlog.contextvars.bound_contextvars(request_id=request_id):
            response = self.get_response(request)
            seconds, method = time.perf_counter() - started, request.method or ""
            ourselves = clients.is_ourselves(request)
            (log.debug if ourselves else log.info)(
                "request",
                method=method,
                path=request.path,
                status=response.status_code,
                milliseconds=round(seconds * 1_000, 1),
            )
        if not ourselves:
            counts.count(method=method, status=response.status_code, seconds=seconds)
        response["X-Request-ID"] = request_id
        return response


class UnavailableMiddleware:
    """See to it that an error has its right form, wherever it was made.

    A database that is away is a 503 with `Retry-After`. Under `/api/` and `/health/` an error that
    a view has not answered itself, made by Django or by another middleware, becomes JSON.
    """

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer in the contract's form, with the client's rate limit."""
        with deadlines.kept():
            response = self.get_response(request)
        _read_the_rest(request)
        if not paths.is_api(request.path):
            return response
        if response.status_code >= 400 and not _is_json(response):  # noqa: PLR2004 - where errors begin
            response = answer(request, errors.of_status(response.status_code))
        rate_limit = getattr(request, "rate_limit", None)
        if rate_limit is not None:
            for name, value in rate_limit.headers().items():
                response[name] = value
        return response

    def process_exception(self, request: HttpRequest, exc: Exception) -> HttpResponseBase | None:
        """Answer an outage that a page or a template ran into."""
        outage = outages.of(exc)
        if outage is None:
            return None
        log.warning("unavailable", error=type(exc).__name__, message=str(exc))
        found = errors.problem(outage)
        if paths.is_api(request.path):
            return answer(request, found)
        page: Callable[..., HttpResponseBase] = get_resolver().resolve_error_handler(503)
        response = page(request, exc)
        response["Retry-After"] = found.headers["Retry-After"]
        return response


class PathMiddleware:
    """Take a path in every spelling that means one thing."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer, or say where the one right address is; 308 keeps the method and the body."""
        path = request.path_info
        if paths.is_api(path):
            try:
                request.get_host()
            except DisallowedHost:
                return answer(request, errors.of_status(400))
            # `path` stays as it was asked for, so that links lead to the same spelling.
            request.path_info = paths.canonical(path)
            return self.get_response(request)
        in_api = paths.under_api(path)
        target = in_api if _wants_json(request) else None
        target = target or paths.without_slash(path)
        response = _moved(request, target) if target else self.get_response(request)
        if in_api:
            # A browser that has once fetched the data must not be sent there for the page.
            patch_vary_headers(response, ["Accept"])
        return response


def answer(request: HttpRequest, found: errors.Problem) -> HttpResponse:
    """Return a problem as JSON, outside of any view."""
    headers = {"Cache-Control": "private, no-store", **found.headers}
    return JsonResponse(found.body(request), status=found.status, headers=headers)


def _read_the_rest(request: HttpRequest) -> None:
    """Read what was refused unread, such as a body whose token has expired.

    The web server hangs up on a body that was left lying, and the client's next request on that
    connection, with a fresh token, would find nobody there.
    """
    unread = LARGEST_REST
    with suppress(OSError):  # the client has gone
        while unread > 0 and (piece := request.read(min(CHUNK, unread))):
            unread -= len(piece)


def _is_json(response: HttpResponseBase) -> bool:
    return response.get("Content-Type", "").startswith("application/json")


def _wants_json(request: HttpRequest) -> bool:
    """Say whether JSON is named and HTML is not; `*/*` alone is a browser's or curl's."""
    named = [accepted.strip().split(";")[0] for accepted in _accepted(request)]
    return "application/json" in named and "text/html" not in named


def _accepted(request: HttpRequest) -> list[str]:
    return request.headers.get("Accept", "").lower().split(",")


def _moved(request: HttpRequest, target: str) -> HttpResponse:
    query = request.META.get("QUERY_STRING", "")
    address = f"{target}?{query}" if query else target
    return HttpResponsePermanentRedirect(address, preserve_request=True)
