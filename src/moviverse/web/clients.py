from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings

if TYPE_CHECKING:
    from django.http import HttpRequest


def address(request: HttpRequest) -> str:
    """Return the client's address: of `X-Forwarded-For` only what our own proxies wrote."""
    proxies: int = settings.TRUSTED_PROXIES
    said = request.headers.get("X-Forwarded-For", "").split(",")
    if proxies and len(said) >= proxies:
        return said[-proxies].strip()
    return str(request.META.get("REMOTE_ADDR", ""))
