"""Whole answers that are the same for everybody, kept as the bytes that are sent.

A second request for the same address runs no view: no query is validated, no list is read, no JSON
written. What it costs is one statement, which says whether the answer still stands for what there
is, and one look into the cache.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import wraps
from hashlib import blake2b, sha256
from operator import attrgetter
from typing import TYPE_CHECKING, Any, cast

from django.conf import settings
from django.http import HttpResponse
from django.utils.http import quote_etag
from drf_orjson_renderer.renderers import ORJSONRenderer
from rest_framework.exceptions import APIException

from moviverse.core import caching

if TYPE_CHECKING:
    from collections.abc import Callable

    from rest_framework.request import Request
    from rest_framework.response import Response

STALE_SECONDS = 3_600  # anybody may ask for any page of anything: what few ask for must soon go
BRIEF_SECONDS = 15.0
REFUSALS = (*caching.REFUSALS, APIException)  # a wrong query, a page that is not there


@dataclass(frozen=True, slots=True)
class Answer:
    """The body of an answer, with the headers that the view gave it."""

    body: bytes
    headers: tuple[tuple[str, str], ...]
    seconds: float  # for how long it is fresh
    found: caching.Source  # where the costly part of it was found when it was made

    def response(self) -> HttpResponse:
        """Return it as it is sent."""
        return HttpResponse(self.body, headers=dict(self.headers))


def remembered(
    kind: str, *, ttl: str, edition: Callable[[str], object], at_most: float = math.inf
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Keep the good answers of a GET handler, and say in `X-Cache` where one came from.

    It must depend on the address and on `edition` alone, never on who asks.

    Args:
        kind: What it is counted as, and emptied by.
        ttl: The setting that says for how many seconds it is fresh.
        at_most: For how many seconds at most, where a part of it is kept besides.
        edition: Given the kind, returns what differs when an answer may differ.
    """

    def decorated(handler: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(handler)
        def answer(view: Any, request: Request, *args: Any, **kwargs: Any) -> HttpResponse:
            seconds = getattr(settings, ttl)

            def compute() -> Answer:
                response = handler(view, request, *args, **kwargs)
                return _answer(response, min(seconds, at_most))

            # With the host: the links to other pages lead there.
            address = request._request.build_absolute_uri()  # noqa: SLF001 - DRF's own request asks this one
            kept, source = caching.get_or_compute(
                key_of(kind, address, edition(kind)),
                seconds,
                compute,
                kind=kind,
                stale_seconds=min(STALE_SECONDS, 10 * seconds),
                refusals=REFUSALS,
                seconds_of=attrgetter("seconds"),
            )
            response: HttpResponse = kept.response()
            is_told = source == "miss" or kept.found == "stale"
            response["X-Cache"] = kept.found if is_told else source
            return response

        return answer

    return decorated


def briefly(response: Response) -> Response:
    """Let an answer that stands in for a better one be kept for seconds only."""
    response.is_brief = True  # type: ignore[attr-defined]  # read by `remembered` alone
    return response


def _answer(response: Response, seconds: float) -> Answer:
    """Keep an answer; where the view found a part of it, in its `X-Cache`, goes for the whole."""
    headers = dict(response.headers)
    found = cast("caching.Source", headers.pop("X-Cache", "miss"))
    if found == "stale" or getattr(response, "is_brief", False):
        seconds = min(seconds, BRIEF_SECONDS)
    # The tag is made once, too.
    body = written(response.data)
    tag = quote_etag(blake2b(body, digest_size=16).hexdigest())
    headers |= {"Content-Type": "application/json", "ETag": tag}
    return Answer(body, tuple(headers.items()), seconds, found)


def key_of(kind: str, address: str, edition: object) -> str:
    """Return the key of the answer at an address."""
    return f"{kind}:{sha256(f'{address} {edition}'.encode()).hexdigest()}"


def written(data: Any) -> bytes:
    """Return JSON as every answer of the API is written."""
    body: bytes = ORJSONRenderer().render(data)
    return body


def joined(*objects: bytes) -> bytes:
    """Return one JSON object with the members of several, none of which is empty."""
    return b"{" + b",".join(each[1:-1] for each in objects) + b"}"
