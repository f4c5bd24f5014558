"""Who is asking, as far as the network can tell."""

from __future__ import annotations

from ipaddress import IPv6Address, IPv6Network, ip_address
from typing import TYPE_CHECKING

from django.conf import settings

if TYPE_CHECKING:
    from django.http import HttpRequest

OURSELVES = "moviverse.ourselves"  # in the environment of a request; no header can put it there
NETWORK_BITS = 64  # what one subscriber of IPv6 is given: its addresses are one client


def address(request: HttpRequest) -> str:
    """Return the client's address in one spelling; of IPv6, its /64 network.

    `X-Forwarded-For` is written by anybody; only its last `TRUSTED_PROXIES` entries were added by
    proxies of our own, and the first of these is the client.
    """
    peer = str(request.META.get("REMOTE_ADDR", ""))
    proxies: int = settings.TRUSTED_PROXIES
    if proxies:
        said = str(request.META.get("HTTP_X_FORWARDED_FOR", "")).split(",")
        if len(said) >= proxies:
            return _spelt(said[-proxies].strip()) or _spelt(peer) or "unknown"
    return _spelt(peer) or "unknown"


def is_ourselves(request: HttpRequest) -> bool:
    """Say whether this process asks itself, and nobody waits for the answer."""
    return OURSELVES in request.META


def _spelt(text: str) -> str | None:
    try:
        parsed = ip_address(text)
    except ValueError:
        return None
    if not isinstance(parsed, IPv6Address):
        return str(parsed)
    if parsed.ipv4_mapped:
        return str(parsed.ipv4_mapped)
    return str(IPv6Network((int(parsed), NETWORK_BITS), strict=False))
