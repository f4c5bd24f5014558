"""`Idempotency-Key`: a POST that is sent twice has one effect and one answer."""

from __future__ import annotations

import hashlib
import re
from functools import wraps
from typing import TYPE_CHECKING, Any

import orjson
from django.core.files import File
from django.utils import timezone
from django.utils.crypto import salted_hmac
from drf_orjson_renderer.renderers import ORJSONRenderer
from rest_framework.response import Response

from moviverse.core import clients, errors, idempotency

if TYPE_CHECKING:
    from collections.abc import Callable

    from rest_framework.request import Request

KEY = re.compile(r"[\x21-\x7e]{1,200}")
HEADER = "Idempotency-Key"
SALT = "moviverse.api.idempotency"


def idempotent(handler: Callable[..., Response]) -> Callable[..., Response]:
    """Give the first answer again when a POST handler is called with a key that it has seen.

    The key, the effect and the answer are one transaction. An error is not kept: the request may
    be sent again. Without the header the handler runs as it is.
    """
    return idempotent_without()(handler)


def idempotent_without(
    *secret: str,
) -> Callable[[Callable[..., Response]], Callable[..., Response]]:
    """Like `idempotent`, for an answer that holds secrets.

    Args:
        secret: Fields of the answer that are never stored, and so are missing in a replay.
    """

    def decorated(handler: Callable[..., Response]) -> Callable[..., Response]:
        @wraps(handler)
        def answer(view: Any, request: Request, *args: Any, **kwargs: Any) -> Response:
            key = request.headers.get(HEADER)
            if key is None:
                return handler(view, request, *args, **kwargs)
            given: list[Response] = []

            def act() -> idempotency.Answer:
                given.append(handler(view, request, *args, **kwargs))
                return _kept(given[0], secret)

            first = idempotency.once(
                owner=_owner(request),
                key=_valid(key),
                path=request._request.path_info[:200],  # noqa: SLF001 - the one spelling of a path
                body_sha256=_digest(request),
                now=timezone.now(),
                act=act,
            )
            if first is None:
                return given[0]
            return Response(
                first.body, status=first.status, headers={"Idempotency-Replayed": "true"}
            )

        return answer

    return decorated


def _valid(key: str) -> str:
    if not KEY.fullmatch(key):
        said = "Give 1 to 200 printable ASCII characters, such as a UUID."
        raise errors.Invalid(fields={HEADER: [said]})
    return key


def _owner(request: Request) -> str:
    if request.user.is_authenticated:
        return f"user:{request.user.pk}"
    return salted_hmac(SALT, clients.address(request), algorithm="sha256").hexdigest()


def _digest(request: Request) -> str:
    """Return a digest of what was asked for, whatever the order of its fields.

    Keyed, because a body may hold a password, and a plain digest of it could be guessed at.
    """
    asked = [request.query_params.urlencode(), request.data]
    return salted_hmac(
        SALT, orjson.dumps(asked, default=_told, option=orjson.OPT_SORT_KEYS), algorithm="sha256"
    ).hexdigest()


def _told(value: object) -> list[str]:
    """Return what a file is to the digest of a form, and leave it at its beginning."""
    if not isinstance(value, File):
        raise TypeError
    value.seek(0)
    digest = hashlib.file_digest(value, "sha256").hexdigest()
    value.seek(0)
    return [value.name or "", digest]


def _kept(response: Response, secret: tuple[str, ...]) -> idempotency.Answer:
    body = orjson.loads(ORJSONRenderer().render(response.data) or b"null")
    if isinstance(body, dict):
        body = {name: value for name, value in body.items() if name not in secret}
    return idempotency.Answer(status=response.status_code, body=body)
