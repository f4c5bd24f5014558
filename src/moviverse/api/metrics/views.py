"""`/metrics`, for whoever looks after the site."""

from __future__ import annotations

import secrets
from ipaddress import ip_network
from typing import TYPE_CHECKING

from django.conf import settings
from django.http import HttpResponse
from django.views.decorators.http import require_safe

from moviverse.api import errors
from moviverse.api.metrics import exposition
from moviverse.api.middleware import answer
from moviverse.core import clients

if TYPE_CHECKING:
    from django.http import HttpRequest

FORWARDED = ("X-Forwarded-For", "Forwarded", "X-Real-IP")
UNAUTHENTICATED = 401
OWN = ip_network("::/64")  # holds ::1, and nothing that comes through a network


@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Answer who shows the token, or asks from a private network."""
    if not (_shows_the_token(request) or _is_near(request)):
        return answer(request, errors.of_status(UNAUTHENTICATED))
    return HttpResponse(
        exposition.text(),
        content_type=exposition.CONTENT_TYPE,
        headers={"Cache-Control": "private, no-store"},
    )


def _shows_the_token(request: HttpRequest) -> bool:
    token: str = settings.METRICS_TOKEN
    shown = request.headers.get("Authorization", "")
    return bool(token) and secrets.compare_digest(shown.encode(), f"Bearer {token}".encode())


def _is_near(request: HttpRequest) -> bool:
    """Say whether the client's own address is private.

    One that a proxy passes on which we do not know of has the proxy's address, which is private,
    too: it may come from anywhere.
    """
    if not settings.TRUSTED_PROXIES and any(name in request.headers for name in FORWARDED):
        return False
    try:
        network = ip_network(clients.address(request), strict=False)
    except ValueError:
        return False
    return network.is_private or network == OWN
