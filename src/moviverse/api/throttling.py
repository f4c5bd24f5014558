"""Fairness between clients: so many requests a minute, by scope.

The counters live in the cache and are not exact: see `moviverse.core.pace`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.conf import settings
from rest_framework.throttling import BaseThrottle

from moviverse.core import clients, pace

if TYPE_CHECKING:
    from rest_framework.request import Request
    from rest_framework.views import APIView

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


@dataclass(frozen=True)
class RateLimit:
    """Where a client stands within a window."""

    limit: int
    remaining: int
    reset_seconds: int

    def headers(self) -> dict[str, str]:
        """Return the `RateLimit-*` headers."""
        return {
            "RateLimit-Limit": str(self.limit),
            "RateLimit-Remaining": str(self.remaining),
            "RateLimit-Reset": str(self.reset_seconds),
        }


class ScopeThrottle(BaseThrottle):
    """Counts the requests of a user, or of an address where nobody is signed in."""

    def allow_request(self, request: Request, view: APIView) -> bool:
        """Count the request and say whether it is within the limit."""
        scope = getattr(view, "scope", None) or default_scope(request.method or "GET")
        count, self._reset_seconds = pace.counted(f"throttle:{scope}:{_client(request)}")
        limit = settings.THROTTLE_RATES[scope]
        request._request.rate_limit = RateLimit(  # type: ignore[attr-defined]  # noqa: SLF001 - the middleware sees this request alone
            limit=limit,
            remaining=max(0, limit - count),
            reset_seconds=self._reset_seconds,
        )
        return count <= limit

    def wait(self) -> float:
        """Return the seconds until the client may try again."""
        return self._reset_seconds


def default_scope(method: str) -> str:
    """Return the scope of a view that names none."""
    return "read" if method in SAFE_METHODS else "write"


def _client(request: Any) -> str:
    # Not `request.user`: a token that does not hold has been refused by now, and asking again
    # would raise instead of counting.
    user = getattr(request, "_user", None)
    if user is not None and user.is_authenticated:
        return f"user:{user.pk}"
    return f"address:{clients.address(request)}"
